import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as NodeProxy from "@effect-cheapai/node/NodeProxy"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpProxy from "../src/internal/httpProxy.js"
import * as BehindProxy from "./behindProxy.js"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"
import * as ProxyServer from "./proxyServer.js"
import * as RawServer from "./rawServer.js"

type Environment = Readonly<Record<string, string>>

const provider = (environment: Environment) => ConfigProvider.fromMap(new Map(Object.entries(environment)))

const read = (environment: Environment) => Effect.withConfigProvider(NodeProxy.fromEnvironment, provider(environment))

const secret = "hunter2"

/** All that a person may get to see. */
const shown = (value: unknown) =>
  [String(value), JSON.stringify(value), inspect(value, { depth: 10 }), Cause.pretty(Cause.fail(value))].join("\n")

describe("the environment", () => {
  const proxy = (url: string, noProxy?: string) => ({ url: Redacted.make(url), noProxy })

  it.effect.each<readonly [string, Environment, NodeProxy.Options | undefined]>([
    ["nothing", {}, undefined],
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://a:1" }, proxy("http://a:1")],
    ["https_proxy", { https_proxy: "http://a:1" }, proxy("http://a:1")],
    [
      "both, of which the small one goes first",
      { HTTPS_PROXY: "http://a", https_proxy: "http://b" },
      proxy("http://b")
    ],
    ["an empty one", { HTTPS_PROXY: "" }, undefined],
    ["a small one that is empty and goes first", { HTTPS_PROXY: "http://a", https_proxy: "" }, undefined],
    ["NO_PROXY", { HTTPS_PROXY: "http://a", NO_PROXY: ".b,c" }, proxy("http://a", ".b,c")],
    ["no_proxy", { HTTPS_PROXY: "http://a", NO_PROXY: "b", no_proxy: "c" }, proxy("http://a", "c")],
    ["NO_PROXY alone", { NO_PROXY: "b" }, undefined],
    ["HTTP_PROXY, which is for http: alone", { HTTP_PROXY: "http://a", http_proxy: "http://a" }, undefined]
  ])("%s", ([, environment, expected]) => Effect.map(read(environment), (found) => expect(found).toEqual(expected)))

  it.effect("never shows the address, which may hold a password", () =>
    Effect.map(read({ HTTPS_PROXY: `http://kim:${secret}@a:1` }), (found) => expect(shown(found)).not.toContain(secret))
  )
})

describe("layerConfig", () => {
  const environment = (url: string) => ({
    CHEAPAI_API_KEY: "sk_test_valid",
    CHEAPAI_BASE_URL: BehindProxy.baseUrl,
    HTTPS_PROXY: url
  })
  const built = (entries: Environment) =>
    Layer.provide(NodeCheapAi.layerConfig(), Layer.setConfigProvider(provider(entries)))

  it.scopedLive("goes through the proxy of the environment", () =>
    Effect.gen(function* () {
      const { tunnels, url } = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"))
      const error = yield* Effect.flip(Effect.provide(Client.submit, built(environment(url))))
      expect(error).toMatchObject({ code: "refused", outcome: "not-sent" })
      expect(tunnels[0]?.target).toBe(`${BehindProxy.host}:443`)
    })
  )

  it.scopedLive("goes past it where NO_PROXY says so", () =>
    Effect.gen(function* () {
      const { tunnels, url } = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"))
      const host = `${"a".repeat(64)}.test`
      const entries = { ...environment(url), CHEAPAI_BASE_URL: `https://${host}`, NO_PROXY: "*" }
      const error = yield* Effect.flip(Effect.provide(Client.submit, built(entries)))
      expect(error).toMatchObject({ code: "dns", outcome: "not-sent" })
      expect(tunnels).toEqual([])
    })
  )

  it.live("names the variable that holds a bad address", () =>
    Effect.gen(function* () {
      const layer = built(environment(`socks5://kim:${secret}@a:1`))
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
      expect(ConfigError.isConfigError(error)).toBe(true)
      expect(String(error)).toContain("HTTPS_PROXY")
      expect(String(error)).toContain("http://")
      expect(shown(error)).not.toContain(secret)
    })
  )
})

describe("an address", () => {
  const bad: ReadonlyArray<readonly [string, string]> = [
    ["", "is no URL"],
    ["   ", "is no URL"],
    ["http://", "is no URL"],
    [`http://kim:${secret}@a:port`, "is no URL"],
    [`http://kim:1#${secret}@a:1`, "%23"],
    [`http://kim:1/${secret}@a:1`, "%2F"],
    [`http://a:1/${secret}`, "%2F"],
    [`http://a:1?${secret}`, "%3F"],
    ["http://a:1/?", "%3F"],
    [`http://kim:%${secret}@a:1`, "%25"],
    [`socks5://kim:${secret}@a:1`, "http://"],
    [`ftp://kim:${secret}@a`, "http://"]
  ]

  it.live.each(bad)("'%s' fails the layer with a ConfigError that doesn't show it", ([url, advice]) =>
    Effect.gen(function* () {
      for (const given of [url, Redacted.make(url)]) {
        const layer = Client.layer(BehindProxy.baseUrl, { proxy: { url: given } })
        const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        expect(ConfigError.isConfigError(error)).toBe(true)
        expect(String(error)).toContain("proxy.url")
        expect(String(error)).toContain(advice)
        expect(shown(error)).not.toContain(secret)
      }
    })
  )

  it.live.each([
    "http://a",
    "http://a:3128/",
    "https://a",
    "a:3128",
    "kim:x@a:3128",
    " http://a ",
    "http://[::1]:3128"
  ])("'%s' is accepted", (url) =>
    Effect.asVoid(Effect.scoped(Layer.build(Client.layer(BehindProxy.baseUrl, { proxy: { url } }))))
  )
})

describe("the credentials in it", () => {
  it.scopedLive("appear in nothing that can be printed when the proxy refuses or is down", () =>
    Effect.gen(function* () {
      const proxy = yield* ProxyServer.make(ProxyServer.refuse(`407 kim:${secret}`))
      const log = CapturedLog.make()
      for (const place of [proxy.url, `http://127.0.0.1:${yield* RawServer.closedPort}`]) {
        const url = place.replace("//", `//kim:${secret}@`)
        const cause = yield* Client.submit
          .pipe(
            Effect.withSpan("caller"),
            Effect.tapErrorCause(Effect.logError),
            Effect.sandbox,
            Effect.flip,
            Effect.provide(BehindProxy.layer("", { proxy: { url } }))
          )
          .pipe(Effect.provide(log.layer))
        const printed = [shown(cause), shown(Cause.squash(cause)), Cause.pretty(cause, { renderErrorCause: true })]
        const basic = Buffer.from(`kim:${secret}`).toString("base64")
        for (const text of [...printed, shown(log.lines)]) expect(text).not.toMatch(new RegExp(`${secret}|${basic}`))
      }
      expect(log.lines).toHaveLength(2)
    })
  )
})

describe("NO_PROXY", () => {
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
    ["", [], ["https://a.test", "https://10.0.0.1"]],
    [" , ,", [], ["https://a.test"]],
    ["*", ["https://a.test", "https://10.0.0.1"], []],
    ["b.test,*", ["https://a.test"], []],
    ["a.test", ["https://a.test", "https://x.a.test"], ["https://ba.test", "https://a.test.b", "https://test"]],
    [".a.test", ["https://a.test", "https://x.a.test", "https://x.y.a.test"], ["https://ba.test"]],
    ["*.a.test", ["https://a.test", "https://x.a.test"], ["https://ba.test"]],
    ["b.test, a.test", ["https://a.test", "https://b.test"], ["https://c.test"]],
    ["b.test\ta.test  c.test", ["https://a.test", "https://b.test", "https://c.test"], ["https://d.test"]],
    ["A.Test", ["https://a.test", "https://A.TEST"], []],
    ["a.test:443", ["https://a.test", "https://x.a.test"], ["https://a.test:8443", "http://a.test"]],
    ["a.test:8443", ["https://a.test:8443"], ["https://a.test"]],
    ["a.test:80", ["http://a.test"], ["https://a.test"]],
    ["*:8443", ["https://a.test:8443"], ["https://a.test"]],
    ["10.0.0.1", ["https://10.0.0.1", "https://10.0.0.1:8443"], ["https://10.0.0.11"]],
    ["10.0.0.1:8443", ["https://10.0.0.1:8443"], ["https://10.0.0.1"]],
    ["2001:db8::1", ["https://[2001:db8::1]", "https://[2001:db8::1]:8443"], ["https://[2001:db8::2]"]],
    ["[2001:db8::1]", ["https://[2001:db8::1]"], ["https://[2001:db8::2]"]],
    ["[2001:db8::1]:8443", ["https://[2001:db8::1]:8443"], ["https://[2001:db8::1]"]],
    ["http://a.test", [], ["https://a.test"]]
  ]

  /** As undici takes an address apart. */
  const target = (url: string): HttpProxy.Target => {
    const { hostname, port, protocol } = new URL(url)
    return { protocol, port, hostname: hostname.replace(/^\[(.*)\]$/, "$1") }
  }

  it.each(rows)("'%s'", (noProxy, past, through) => {
    const bypasses = HttpProxy.bypass(noProxy)
    expect(past.filter((url) => !bypasses(target(url)))).toEqual([])
    expect(through.filter((url) => bypasses(target(url)))).toEqual([])
  })

  it.each([
    "http://localhost",
    "https://localhost:8443",
    "https://x.localhost",
    "http://127.0.0.1:1",
    "http://[::1]:1"
  ])("needs no entry for %s", (url) => expect(HttpProxy.bypass("")(target(url))).toBe(true))
})
