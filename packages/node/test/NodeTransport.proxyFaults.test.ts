import { createServer } from "node:tls"
import { describe, expect, it } from "@effect/vitest"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as BehindProxy from "./behindProxy.js"
import * as Certificates from "./certificates.js"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"
import * as ProxyServer from "./proxyServer.js"
import * as RawServer from "./rawServer.js"
import * as ServerSockets from "./serverSockets.js"

/** A proxy that takes a connection and does this when its first bytes come. */
const raw = (act: (socket: Parameters<Parameters<typeof RawServer.make>[0]>[0]) => void) =>
  Effect.map(
    RawServer.make((socket) => socket.once("data", () => act(socket))),
    (port) => `http://127.0.0.1:${port}`
  )

const answering = (status: string) => Effect.map(ProxyServer.make(ProxyServer.refuse(status)), ({ url }) => url)

const opening = (service: Effect.Effect<number, never, Scope.Scope>) =>
  Effect.flatMap(service, (port) => Effect.map(ProxyServer.make(ProxyServer.openTo(port)), ({ url }) => url))

const withCertificate = (certificate: Certificates.Certificate) =>
  Effect.map(ProxyServer.make(ProxyServer.refuse("403 Forbidden"), certificate), ({ url }) => url)

const down = (scheme: string) => Effect.map(RawServer.closedPort, (port) => `${scheme}://127.0.0.1:${port}`)

const service = (certificate: Certificates.Certificate) =>
  Effect.suspend(() => RawServer.listen(createServer({ ...certificate })))

const strangers = Certificates.authority("Somebody else's authority")

type Expected = { readonly _tag: string; readonly code?: string; readonly phase?: string; readonly message?: unknown }

type Row = readonly [string, Effect.Effect<string, never, Scope.Scope>, Expected, Partial<NodeCheapAi.Options>?]

const transport = (code: string, message?: string): Expected => ({
  _tag: "TransportError",
  code,
  ...(message === undefined ? {} : { message })
})
const refusedWith = (status: number) =>
  transport("refused", `The proxy refused a connection to the service: it answered ${status}.`)
const failed = "The connection to the proxy failed."

const quick = { connectTimeout: "50 millis" } as const

const rows: ReadonlyArray<Row> = [
  ["a proxy that wants credentials", answering("407 Proxy Authentication Required"), refusedWith(407)],
  ["a proxy that forbids the host", answering("403 Forbidden"), refusedWith(403)],
  ["a proxy that can't reach the host", answering("502 Bad Gateway"), refusedWith(502)],
  ["a proxy that redirects", answering("302 Found"), refusedWith(302)],
  ["a proxy that is down", down("http"), transport("refused", failed)],
  ["a proxy that is down, and would speak TLS", down("https"), transport("refused", failed)],
  ["a proxy whose name does not exist", Effect.succeed(`http://${"a".repeat(64)}.invalid`), transport("dns", failed)],
  ["a proxy that hangs up", raw((socket) => socket.end()), transport("reset", failed)],
  ["a proxy that resets", raw((socket) => socket.resetAndDestroy()), transport("reset", failed)],
  ["a proxy that is no proxy", raw((socket) => socket.end("220 mail ready\r\n")), transport("protocol", failed)],
  [
    "a proxy whose answer has no end",
    raw((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(200_000)}`)),
    transport("protocol", failed)
  ],
  ["a proxy that says nothing", raw(() => {}), transport("connect-timeout", failed), quick],
  [
    "a proxy that says nothing in an attempt's time",
    raw(() => {}),
    { _tag: "TimeoutError", phase: "attempt" },
    { timeouts: { attempt: "50 millis" } }
  ],
  [
    "a proxy whose answer breaks off",
    raw((socket) => socket.write("HTTP/1.1 200 OK\r\n")),
    transport("connect-timeout", failed),
    quick
  ],
  ["a proxy with a stranger's certificate", withCertificate(strangers.issue("127.0.0.1")), transport("tls", failed)],
  [
    "a proxy with another host's certificate",
    withCertificate(BehindProxy.authority.issue("b.test")),
    transport("tls", failed)
  ],
  [
    "a proxy without TLS behind https",
    Effect.map(answering("403"), (url) => url.replace("http:", "https:")),
    transport("tls", failed)
  ],
  ["a service with a stranger's certificate", opening(service(strangers.issue(BehindProxy.host))), transport("tls")],
  [
    "a service with another host's certificate",
    opening(service(BehindProxy.authority.issue("b.test"))),
    transport("tls")
  ],
  [
    "a handshake in the tunnel that nobody answers",
    opening(RawServer.make((socket) => socket.resume())),
    transport("connect-timeout"),
    quick
  ],
  [
    "a tunnel that ends in the handshake",
    opening(RawServer.make((socket) => socket.once("data", () => socket.destroy()))),
    transport("reset")
  ]
]

describe.each<readonly [string, Effect.Effect<unknown, CallError, CheapAi>]>([
  ["submit", Client.submit],
  ["read", Client.credits]
])("a %s that did not leave", (_, call) => {
  it.scopedLive.each(rows)(
    "because of %s is known to be not sent, is tried again and leaves no socket",
    ([, proxy, expected, options]) =>
      Effect.gen(function* () {
        const url = yield* proxy
        const sockets = yield* ServerSockets.watch(url)
        yield* Effect.gen(function* () {
          const error = yield* Effect.flip(call)
          expect(error).toMatchObject({ ...expected, outcome: "not-sent", isRetryable: true, stopped: "tries-used" })
          expect(error).toMatchObject({ attempts: Array.from({ length: 3 }, () => ({ evidence: "not-started" })) })
          if (sockets.accepted() > 0) yield* sockets.allClosed
        }).pipe(Effect.provide(BehindProxy.layer(url, options)))
      })
  )
})

describe("a submit that left through a tunnel", () => {
  it.scopedLive("and lost it before the reply may have been carried out, and is not sent again", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((_, { socket }) => socket.resetAndDestroy())
      const { layer, proxy } = yield* BehindProxy.make(url)
      const error = yield* Effect.flip(Effect.provide(Client.submit, layer))
      expect(error).toMatchObject({ _tag: "TransportError", outcome: "unknown", stopped: "once-unknown" })
      expect(error).toMatchObject({ attempts: [{ evidence: "started" }] })
      expect(requests).toHaveLength(1)
      expect(proxy.tunnels).toHaveLength(1)
    })
  )
})

describe("a file behind a proxy that refuses", () => {
  it.scopedLive("could not be reached", () =>
    Effect.gen(function* () {
      const { tunnels, url } = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"))
      const file = Stream.runDrain(Download.stream(new URL(`https://${BehindProxy.files}/song.mp3`)))
      const error = yield* Effect.flip(Effect.provide(file, BehindProxy.layer(url)))
      expect(error).toMatchObject({ _tag: "DownloadError", reason: "transport" })
      expect(tunnels.map(({ target }) => target)).toContain(`${BehindProxy.files}:443`)
    })
  )
})
