import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import tls from "node:tls"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Certificates from "./certificates.js"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as Program from "./program.js"
import * as TlsFront from "./tlsFront.js"

const authority = Certificates.authority()
const another = Certificates.authority("Another authority")

/** The simulator behind TLS by the private authority. */
const service = Effect.gen(function* () {
  const { url } = yield* SimulatorServer.make({ credits: 4200 })
  return `https://127.0.0.1:${yield* TlsFront.make(url, authority.issue("127.0.0.1"))}`
})

const credits = (url: string, ca?: NodeCheapAi.Options["ca"]) =>
  Effect.provide(Effect.zipLeft(Client.credits, Client.submit), Client.layer(url, { ca }))

describe("a private authority", () => {
  it.scopedLive.each<readonly [string, NodeCheapAi.Options["ca"]]>([
    ["alone", authority.cert],
    ["among several texts", [another.cert, authority.cert]],
    ["among several in one text", `# ours\n${another.cert}\n# theirs\n${authority.cert}`],
    ["with line breaks of Windows", authority.cert.replace(/\r?\n/g, "\r\n")]
  ])("is trusted, %s", ([, ca]) =>
    Effect.gen(function* () {
      expect(yield* credits(yield* service, ca)).toBe(4200)
    })
  )

  it.scopedLive.each<readonly [string, NodeCheapAi.Options["ca"]]>([
    ["without the option", undefined],
    ["with another one", another.cert],
    ["with none", []]
  ])("is not trusted %s", ([, ca]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(credits(yield* service, ca))
      expect(error).toMatchObject({ _tag: "TransportError", code: "tls", outcome: "not-sent" })
    })
  )

  it.scopedLive("vouches for the hosts in its certificates alone", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const port = yield* TlsFront.make(url, authority.issue("127.0.0.1"))
      const error = yield* Effect.flip(credits(`https://localhost:${port}`, authority.cert))
      expect(error).toMatchObject({ _tag: "TransportError", code: "tls", outcome: "not-sent" })
    })
  )
})

describe("Node's own authorities", () => {
  afterEach(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })

  it.live("are trusted beside it, and read once for all connections", () =>
    Effect.gen(function* () {
      const made = vi.spyOn(tls, "createSecureContext")
      syncBuiltinESMExports()
      yield* Effect.scoped(Layer.build(Client.layer("https://127.0.0.1:9", { ca: authority.cert })))
      const trusted = made.mock.calls.flatMap(([options]) => options?.ca ?? [])
      expect(made).toHaveBeenCalledTimes(1)
      expect(trusted).toEqual(expect.arrayContaining([...tls.rootCertificates]))
      expect(trusted.length).toBeGreaterThan(tls.rootCertificates.length)
    })
  )

  it.scopedLive(
    "are joined by those of NODE_EXTRA_CA_CERTS without an option",
    () =>
      Effect.gen(function* () {
        const url = yield* service
        const path = yield* Files.write(join(yield* Files.folder, "ca.pem"), authority.cert)
        const run = (env: Readonly<Record<string, string>>) => Program.run("trustsByEnvironment.ts", [url], { env })
        expect(yield* run({ NODE_EXTRA_CA_CERTS: path })).toEqual({ code: 0, stdout: "4200\n" })
        expect(yield* run({})).toEqual({ code: 0, stdout: "tls\n" })
      }),
    60_000
  )
})

describe("a certificate", () => {
  const whole = authority.cert.trim()

  const bad: ReadonlyArray<readonly [string, NodeCheapAi.Options["ca"]]> = [
    ["that is empty", ""],
    ["that is a path", "/etc/ssl/ca.pem"],
    ["that is a key", authority.issue("a.test").key],
    ["that is cut off", whole.slice(0, 300)],
    ["that is cut off behind a whole one", `${whole}\n${whole.slice(0, 300)}`],
    ["with a character changed in its head", whole.replace(/\nMII/, "\nMIA")],
    ["that is bad among good ones", [whole, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]]
  ]

  it.live.each(bad)("%s fails the layer with a ConfigError that says what to give", ([, ca]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Client.layer("https://a.test", { ca }))))
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(String(error)).toMatch(/ca.*BEGIN CERTIFICATE/)
    })
  )
})
