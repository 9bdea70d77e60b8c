import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"

const secret = "sk_live_51Habcdefghijk"

const built = <A, E>(layer: Layer.Layer<A, E>) => Effect.scoped(Layer.build(layer))

/** All that a person may get to see of a failure. */
const shown = (error: unknown) =>
  [String(error), JSON.stringify(error), inspect(error, { depth: 10 }), Cause.pretty(Cause.fail(error))].join("\n")

describe("a key", () => {
  const bad: ReadonlyArray<readonly [string, string, string]> = [
    ["that is empty", "", "is empty"],
    ["of white space", " \t\n", "is empty"],
    ["behind a Bearer prefix", `Bearer ${secret}`, "'Bearer '"],
    ["behind a bearer prefix in small letters", `bearer ${secret}`, "'Bearer '"],
    ["with a line break at its end", `${secret}\n`, "visible ASCII"],
    ["with a space in it", `${secret} ${secret}`, "visible ASCII"],
    ["with a letter beyond ASCII", `${secret}é`, "visible ASCII"],
    ["with a control character", `${secret}\u0000`, "visible ASCII"],
    ["with a character that can't be seen", `\u200b${secret}`, "visible ASCII"]
  ]

  it.live.each(bad)("%s fails the layer with a ConfigError that says what to change and doesn't show it", (row) =>
    Effect.gen(function* () {
      const [, key, advice] = row
      const error = yield* Effect.flip(built(NodeCheapAi.layer({ apiKey: Redacted.make(key) })))
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(String(error)).toContain(advice)
      expect(shown(error)).not.toContain(secret)
    })
  )

  it.live("of the service's form is accepted without a word", () =>
    Effect.gen(function* () {
      const log = CapturedLog.make()
      for (const key of [secret, "sk-test-1"]) {
        yield* Effect.provide(built(NodeCheapAi.layer({ apiKey: Redacted.make(key) })), log.layer)
      }
      expect(log.lines).toEqual([])
    })
  )

  it.live("of another form is accepted with one warning that doesn't show it", () =>
    Effect.gen(function* () {
      const log = CapturedLog.make()
      const key = "pk_live_51Habcdefghijk"
      yield* Effect.provide(built(NodeCheapAi.layer({ apiKey: Redacted.make(key) })), log.layer)
      expect(log.lines.map(({ level }) => level)).toEqual(["WARN"])
      expect(log.lines[0]?.text).toContain("sk_")
      expect(JSON.stringify(log.lines)).not.toContain("51H")
    })
  )
})

describe("a base URL", () => {
  const bad: ReadonlyArray<readonly [string, string]> = [
    ["", "absolute URL"],
    ["api.cheapaiapi.com", "absolute URL"],
    ["/v1", "absolute URL"],
    ["http://api.cheapaiapi.com", "https"],
    ["http://127.0.0.1.example.com", "https"],
    ["ftp://127.0.0.1", "https"],
    ["https://user:hunter2@api.cheapaiapi.com", "user name"],
    ["https://user@api.cheapaiapi.com", "user name"],
    ["https://api.cheapaiapi.com?key=hunter2", "query"],
    ["https://api.cheapaiapi.com/?", "query"],
    ["https://api.cheapaiapi.com/#hunter2", "fragment"]
  ]

  it.live.each(bad)("'%s' fails the layer with a ConfigError", ([baseUrl, advice]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(built(NodeCheapAi.layer({ apiKey: Redacted.make(secret), baseUrl })))
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(String(error)).toContain(advice)
      expect(shown(error)).not.toMatch(new RegExp(`${secret}|hunter2`))
    })
  )

  it.live.each([
    "https://proxy.example.com/cheapai",
    "http://localhost:4010/",
    "http://[::1]:4010",
    "http://127.9.9.9"
  ])("'%s' is accepted", (baseUrl) =>
    Effect.asVoid(built(NodeCheapAi.layer({ apiKey: Redacted.make(secret), baseUrl })))
  )

  it.scopedLive.each(["", "/", "///", "/a/path", "/a/path/"])(
    "'%s' after the origin is kept, but for slashes at its end",
    (path) =>
      Effect.gen(function* () {
        const { simulator, url } = yield* SimulatorServer.make()
        yield* Effect.exit(Effect.provide(Client.credits, Client.layer(`${url}${path}`)))
        const targets = (yield* simulator.requests).map(({ target }) => target)
        expect(targets).toEqual([`${path.replace(/\/+$/, "")}/v1/credits`])
      })
  )
})

describe("layerConfig", () => {
  const provider = (entries: Readonly<Record<string, string>>) =>
    Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))

  it.scopedLive("reads CHEAPAI_API_KEY and CHEAPAI_BASE_URL", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ credits: 42 })
      const environment = provider({ CHEAPAI_API_KEY: "sk_test_valid", CHEAPAI_BASE_URL: url })
      const credits = yield* Effect.provide(Client.credits, Layer.provide(NodeCheapAi.layerConfig(), environment))
      expect(credits).toBe(42)
    })
  )

  it.live("needs no CHEAPAI_BASE_URL", () =>
    Effect.asVoid(built(Layer.provide(NodeCheapAi.layerConfig(), provider({ CHEAPAI_API_KEY: secret }))))
  )

  it.live.each<readonly [string, Readonly<Record<string, string>>]>([
    ["without a key", {}],
    ["with an empty key", { CHEAPAI_API_KEY: "" }],
    ["with a key behind Bearer", { CHEAPAI_API_KEY: `Bearer ${secret}` }],
    ["with a base URL of http", { CHEAPAI_API_KEY: secret, CHEAPAI_BASE_URL: "http://api.cheapaiapi.com" }]
  ])("%s fails with a ConfigError that doesn't show it", ([, entries]) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(built(Layer.provide(NodeCheapAi.layerConfig(), provider(entries))))
      const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(shown(exit)).not.toContain(secret)
    })
  )
})
