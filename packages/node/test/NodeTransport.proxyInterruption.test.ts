import dns from "node:dns"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as BehindProxy from "./behindProxy.js"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"
import * as ProxyServer from "./proxyServer.js"
import * as RawServer from "./rawServer.js"
import * as ServerSockets from "./serverSockets.js"

/** A proxy by which a call hangs, and the moment it does. */
interface Hanging {
  readonly proxy: string
  readonly reached: Effect.Effect<void>
}

const hanging = (make: (reached: () => void) => Effect.Effect<string, never, Scope.Scope>) =>
  Effect.gen(function* () {
    const latch = yield* Deferred.make<void>()
    const proxy = yield* make(() => Deferred.unsafeDone(latch, Effect.void))
    return { proxy, reached: Deferred.await(latch) } satisfies Hanging
  })

const openTo = (port: number) => Effect.map(ProxyServer.make(ProxyServer.openTo(port)), ({ url }) => url)

const inTheHandshakeWithTheProxy = hanging((reached) =>
  Effect.map(
    RawServer.make((socket) => socket.once("data", reached)),
    (port) => `https://127.0.0.1:${port}`
  )
)

const beforeTheTunnel = hanging((reached) => Effect.map(ProxyServer.make(reached), ({ url }) => url))

const inTheHandshake = hanging((reached) =>
  Effect.flatMap(
    RawServer.make((socket) => socket.on("data", reached)),
    openTo
  )
)

const beforeTheHeaders = hanging((reached) =>
  Effect.flatMap(HttpServer.make(reached), ({ url }) => Effect.flatMap(BehindProxy.front(url), openTo))
)

type Call = Effect.Effect<unknown, CallError, CheapAi>

const inUse: ReadonlyArray<readonly [string, Effect.Effect<Hanging, never, Scope.Scope>, Call]> = [
  ["a read in the TLS handshake with the proxy", inTheHandshakeWithTheProxy, Client.credits],
  ["a read that waits for the tunnel", beforeTheTunnel, Client.credits],
  ["a read in the TLS handshake in the tunnel", inTheHandshake, Client.credits],
  ["a read that waits for the headers", beforeTheHeaders, Client.credits],
  ["a submit in the TLS handshake with the proxy", inTheHandshakeWithTheProxy, Client.submit],
  ["a submit that waits for the tunnel", beforeTheTunnel, Client.submit],
  ["a submit in the TLS handshake in the tunnel", inTheHandshake, Client.submit]
]

/** Nothing but the interruption ends a call within the time of a test. */
const layer = (proxy: string) =>
  BehindProxy.layer(proxy, { connectTimeout: "1 hour", timeouts: { attempt: "1 hour", total: "1 hour" } })

afterEach(() => {
  vi.restoreAllMocks()
})

describe("interrupting", () => {
  it.scopedLive.each(inUse)("%s returns at once, and the proxy sees the socket close", ([, server, call]) =>
    Effect.gen(function* () {
      const { proxy, reached } = yield* server
      const sockets = yield* ServerSockets.watch(proxy)
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(call)
        yield* reached
        yield* Fiber.interrupt(fiber)
        yield* sockets.allClosed
      }).pipe(Effect.provide(layer(proxy)))
    })
  )

  it.scopedLive("a submit that still looks for the proxy returns at once, and nothing of it reaches the proxy", () =>
    Effect.gen(function* () {
      const { tunnels, url } = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"))
      const asked = yield* Deferred.make<void>()
      const held = yield* Deferred.make<void>()
      const lookup = (_: string, options: dns.LookupOptions, callback: (...found: ReadonlyArray<unknown>) => void) => {
        const found = options.all === true ? [[{ address: "127.0.0.1", family: 4 }]] : ["127.0.0.1", 4]
        Effect.runFork(Effect.map(Deferred.await(held), () => callback(null, ...found)))
        Deferred.unsafeDone(asked, Effect.void)
      }
      vi.spyOn(dns, "lookup").mockImplementation(lookup as never)
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(Client.submit)
        yield* Deferred.await(asked)
        yield* Fiber.interrupt(fiber)
        // Node hands a request its socket a turn later, and ends it then.
        yield* Effect.sleep("1 millis")
        yield* Deferred.succeed(held, undefined)
        expect(yield* Effect.flip(Client.credits)).toMatchObject({ code: "refused" })
      }).pipe(Effect.provide(layer(url.replace("127.0.0.1", "localhost"))))
      expect(tunnels).toHaveLength(3)
      expect(sockets.accepted()).toBe(3)
    })
  )

  it.scopedLive("a submit whose tunnel opens later sends nothing through it", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => response.end())
      const open = ProxyServer.openTo(yield* BehindProxy.front(url))
      const asked = yield* Deferred.make<() => void>()
      const proxy = yield* ProxyServer.make((socket) =>
        Deferred.unsafeDone(
          asked,
          Effect.succeed(() => open(socket))
        )
      )
      const sockets = yield* ServerSockets.watch(proxy.url)
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(Client.submit)
        const answer = yield* Deferred.await(asked)
        yield* Fiber.interrupt(fiber)
        answer()
        yield* sockets.allClosed
      }).pipe(Effect.provide(layer(proxy.url)))
      expect(requests).toEqual([])
    })
  )
})

describe("closing the layer", () => {
  it.scopedLive.each<readonly [string, Effect.Effect<Hanging, never, Scope.Scope>]>([
    ["wait for the tunnel", beforeTheTunnel],
    ["are in the TLS handshake in the tunnel", inTheHandshake]
  ])("ends connections that %s", ([, server]) =>
    Effect.gen(function* () {
      const { proxy, reached } = yield* server
      const sockets = yield* ServerSockets.watch(proxy)
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer(proxy), scope)
      const fiber = yield* Effect.fork(Effect.provide(Client.submit, context))
      yield* reached
      yield* Scope.close(scope, Exit.void)
      yield* sockets.allClosed
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true)
    })
  )
})
