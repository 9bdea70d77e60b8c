import dns from "node:dns"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"
import * as HeldSimulator from "./heldSimulator.js"
import * as HttpServer from "./httpServer.js"
import * as RawServer from "./rawServer.js"
import * as ServerSockets from "./serverSockets.js"

/** A call on its way, and what stops it: whether its caller is free before the call could have ended by itself. */
interface Stoppable {
  readonly stop: Effect.Effect<boolean>
}

/** Less than the time of an attempt; no server here answers by itself. */
const patience = "20 seconds"

const isFree = <A, E>(stop: Effect.Effect<A, E>): Effect.Effect<boolean> =>
  Effect.map(Effect.timeoutOption(Effect.disconnect(Effect.exit(stop)), patience), Option.isSome)

const interrupted = <E>(call: Effect.Effect<unknown, E, CheapAi.CheapAi>) =>
  Effect.map(Effect.fork(call), (fiber): Stoppable => ({ stop: isFree(Fiber.interrupt(fiber)) }))

const besideAFailure = <E>(call: Effect.Effect<unknown, E, CheapAi.CheapAi>) =>
  Effect.gen(function* () {
    const failure = yield* Deferred.make<never, string>()
    const fiber = yield* Effect.fork(Effect.all([call, Deferred.await(failure)], { concurrency: 2 }))
    return { stop: isFree(Effect.zipRight(Deferred.fail(failure, "stop"), Fiber.join(fiber))) } satisfies Stoppable
  })

const manners = [
  ["interrupting", interrupted],
  ["failing beside", besideAFailure]
] as const

/** A server at which a call hangs, and the moment it does. */
interface Hanging {
  readonly url: string
  readonly reached: Effect.Effect<void>
}

const hanging = (make: (reached: () => void) => Effect.Effect<string, never, Scope.Scope>) =>
  Effect.gen(function* () {
    const latch = yield* Deferred.make<void>()
    const url = yield* make(() => Deferred.unsafeDone(latch, Effect.void))
    return { url, reached: Deferred.await(latch) } satisfies Hanging
  })

const inTheHandshake = hanging((reached) =>
  Effect.map(
    RawServer.make((socket) => socket.once("data", reached)),
    (port) => `https://127.0.0.1:${port}`
  )
)

const beforeTheHeaders = hanging((reached) => Effect.map(HttpServer.make(reached), ({ url }) => url))

const inTheBody = hanging((reached) =>
  Effect.map(
    HttpServer.make((response) => {
      response.writeHead(200, { "content-type": "application/json" })
      // More than the sockets' buffers hold: once the rest has drained, the client is reading.
      response.write(Buffer.alloc(3_000_000, " "), reached)
    }),
    ({ url }) => url
  )
)

type Call = Effect.Effect<unknown, CallError | TaskError, CheapAi.CheapAi>

const read = Client.credits
const poll = Task.await(Task.fromId(Music.Generate, "task_000001"))

const inUse: ReadonlyArray<readonly [string, Effect.Effect<Hanging, never, Scope.Scope>, Call]> = [
  ["a read in the TLS handshake", inTheHandshake, read],
  ["a read that waits for the headers", beforeTheHeaders, read],
  ["a read in the middle of the body", inTheBody, read],
  ["a poll in the TLS handshake", inTheHandshake, poll],
  ["a poll that waits for the headers", beforeTheHeaders, poll],
  ["a poll in the middle of the body", inTheBody, poll],
  ["a submit in the TLS handshake", inTheHandshake, Client.submit]
]

describe.each(manners)("%s", (_, start) => {
  it.scopedLive.each(inUse)("%s returns at once, and the server sees the socket close", ([, server, call]) =>
    Effect.gen(function* () {
      const { reached, url } = yield* server
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        const { stop } = yield* start(call)
        yield* reached
        expect(yield* stop).toBe(true)
        yield* sockets.allClosed
      }).pipe(Effect.provide(Client.layer(url)))
    })
  )

  const hourly = Schedule.spaced("1 hour")

  it.scopedLive.each<readonly [string, Call, string]>([
    ["read", Client.credits, Client.creditsRoute],
    ["submit", Client.submit, Client.submitRoute]
  ])("a %s that backs off returns at once, and nothing more is sent", ([, call, route]) =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.reply(route, Fault.serviceUnavailable, { times: 10 }))
      const answered = yield* Deferred.make<void>()
      yield* Effect.gen(function* () {
        const { stop } = yield* call.pipe(
          CheapAi.withTimeouts({ total: "2 hours" }),
          CheapAi.tapAttempt(() => Deferred.succeed(answered, undefined)),
          start
        )
        yield* Deferred.await(answered)
        expect(yield* stop).toBe(true)
      }).pipe(Effect.provide(Client.layer(url, { retry: hourly })))
      expect(yield* simulator.requests).toHaveLength(1)
    })
  )

  it.scopedLive("a task's await between two polls returns at once, and polls no more", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const polled = yield* Deferred.make<void>()
      yield* Effect.gen(function* () {
        const { id } = yield* Client.submit
        const { stop } = yield* Task.await(Task.fromId(Music.Generate, id)).pipe(
          CheapAi.tapAttempt(() => Deferred.succeed(polled, undefined)),
          start
        )
        yield* Deferred.await(polled)
        expect(yield* stop).toBe(true)
      }).pipe(Effect.provide(Client.layer(url)))
      expect((yield* simulator.requests).map(({ method }) => method)).toEqual(["POST", "GET"])
    })
  )
})

describe.each(manners)("%s a submit that has left", (_, start) => {
  it.scopedLive("returns at once; the request ends on its own and its task is told", () =>
    Effect.gen(function* () {
      const held = yield* HeldSimulator.make
      const sockets = yield* ServerSockets.watch(held.url)
      const told = yield* Deferred.make<string>()
      yield* Effect.gen(function* () {
        const { stop } = yield* start(Client.submit.pipe(CheapAi.onSubmitted(({ id }) => Deferred.succeed(told, id))))
        yield* held.carriedOut(1)
        expect(yield* stop).toBe(true)
        expect(sockets.open()).toBe(1)
        yield* held.letGo
        expect(yield* Deferred.await(told)).toBe("task_000001")
        yield* sockets.allClosed
      }).pipe(Effect.provide(Client.layer(held.url)))
    })
  )

  it.scopedLive("and whose reply never comes ends with the attempt's time", () =>
    Effect.gen(function* () {
      const { reached, url } = yield* beforeTheHeaders
      const log = CapturedLog.make()
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        const { stop } = yield* start(Client.submit)
        yield* reached
        expect(yield* stop).toBe(true)
        expect(sockets.open()).toBe(1)
        yield* sockets.allClosed
        while (log.lines.length === 0) yield* Effect.sleep("1 millis")
      }).pipe(Effect.provide(Client.layer(url, { timeouts: { attempt: "2 seconds" } })), Effect.provide(log.layer))
      expect(log.lines.map(({ text }) => text)).toEqual([
        "A request whose caller had gone may have been carried out and charged"
      ])
    })
  )
})

describe.each(manners)("%s a submit that is still connecting", (_, start) => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** Name resolution that waits for the test: plain connections to this machine are too quick to be caught. */
  const heldLookup = Effect.gen(function* () {
    const asked = yield* Deferred.make<void>()
    const held = yield* Deferred.make<void>()
    const lookup = (_: string, options: dns.LookupOptions, callback: (...found: ReadonlyArray<unknown>) => void) => {
      const found = options.all === true ? [[{ address: "127.0.0.1", family: 4 }]] : ["127.0.0.1", 4]
      Effect.runFork(Effect.map(Deferred.await(held), () => callback(null, ...found)))
      Deferred.unsafeDone(asked, Effect.void)
    }
    vi.spyOn(dns, "lookup").mockImplementation(lookup as never)
    return { asked: Deferred.await(asked), letGo: Deferred.succeed(held, undefined) }
  })

  it.scopedLive("returns at once, and nothing of it ever reaches the server", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => HttpServer.json(response, 200, { credits: 7 }))
      const sockets = yield* ServerSockets.watch(url)
      const lookup = yield* heldLookup
      yield* Effect.gen(function* () {
        const { stop } = yield* start(Client.submit)
        yield* lookup.asked
        expect(yield* stop).toBe(true)
        yield* lookup.letGo
        yield* Client.credits
        expect(sockets.accepted()).toBe(1)
        expect(requests.map(({ method }) => method)).toEqual(["GET"])
      }).pipe(Effect.provide(Client.layer(url.replace("127.0.0.1", "localhost"))))
    })
  )
})
