import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"
import * as HeldSimulator from "./heldSimulator.js"
import * as RawServer from "./rawServer.js"
import * as ServerSockets from "./serverSockets.js"

/** Ten submits; the last asks for more songs than the service makes, which only the service knows. */
const album = [...Array(9).fill(1), 99].map((n) => Music.generate({ ...Client.song, n }))

/** Collects ids, and can be waited on until there are so many. */
const collector = (count: number) =>
  Effect.map(Deferred.make<void>(), (full) => {
    const ids: Array<string> = []
    const add = ({ id }: { readonly id: string }) => {
      ids.push(id)
      return ids.length === count ? Deferred.succeed(full, undefined) : Effect.void
    }
    return { ids, add, full: Deferred.await(full) }
  })

const chargedIds = (simulator: Simulator.Simulator) =>
  Effect.map(simulator.ledger, (ledger) => Ledger.charges(ledger).map(({ taskId }) => taskId))

describe("ten submits at once of which one is refused", () => {
  it.scopedLive("fail at once, and the nine that had left still tell their tasks", () =>
    Effect.gen(function* () {
      const { carriedOut, letGo, simulator, url } = yield* HeldSimulator.make
      const told = yield* collector(9)
      yield* Effect.gen(function* () {
        const [refused, ...others] = [...album].reverse()
        const afterTheOthers = Effect.zipRight(carriedOut(9), refused ?? Effect.void)
        const error = yield* Effect.forEach([...others, afterTheOthers], (submit) => submit, {
          concurrency: 10
        }).pipe(CheapAi.onSubmitted(told.add), Effect.flip)
        expect(error).toBeInstanceOf(CheapAiError.BadRequestError)
        expect(told.ids).toEqual([])
        yield* letGo
        yield* told.full
      }).pipe(Effect.provide(Client.layer(url)))
      expect(told.ids.toSorted()).toEqual(yield* chargedIds(simulator))
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(9)
      expect(Ledger.refusals(yield* simulator.ledger)).toHaveLength(1)
    })
  )

  it.scopedLive("tell as many tasks as were charged when the server answers at its own pace", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const told = yield* collector(9)
      yield* Effect.gen(function* () {
        yield* Effect.forEach(album, (submit) => submit, { concurrency: 10 }).pipe(
          CheapAi.onSubmitted(told.add),
          Effect.flip
        )
        yield* told.full
      }).pipe(Effect.provide(Client.layer(url)))
      expect(told.ids.toSorted()).toEqual(yield* chargedIds(simulator))
    })
  )

  it.scopedLive("tell their tasks to the layer's onSubmitted too", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const told = yield* collector(9)
      yield* Effect.gen(function* () {
        yield* Effect.flip(Effect.all(album, { concurrency: 10 }))
        yield* told.full
      }).pipe(Effect.provide(Client.layer(url, { onSubmitted: told.add })))
      expect(told.ids.toSorted()).toEqual(yield* chargedIds(simulator))
    })
  )
})

describe("a submit interrupted at any moment", () => {
  const turns = (count: number) =>
    Effect.replicateEffect(
      Effect.async<void>((resume) => {
        setImmediate(() => resume(Effect.void))
      }),
      count
    )

  it.scopedLive("is told if and only if it was charged", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      const ids: Array<string> = []
      yield* Effect.gen(function* () {
        for (let count = 0; count < 30; count++) {
          const fiber = yield* Effect.fork(Client.submit)
          yield* turns(count)
          yield* Fiber.interrupt(fiber)
        }
        yield* sockets.allClosed
        while (ids.length < (yield* chargedIds(simulator)).length) yield* turns(1)
      }).pipe(
        CheapAi.onSubmitted(({ id }) => Effect.sync(() => ids.push(id))),
        Effect.provide(Client.layer(url))
      )
      expect(ids.toSorted()).toEqual(yield* chargedIds(simulator))
    })
  )
})

describe("without a handler", () => {
  it.scopedLive("every task whose caller has gone is one warning with its id", () =>
    Effect.gen(function* () {
      const { carriedOut, letGo, url } = yield* HeldSimulator.make
      const sockets = yield* ServerSockets.watch(url)
      const log = CapturedLog.make()
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(Effect.all(album.slice(0, 3), { concurrency: 3 }))
        yield* carriedOut(3)
        yield* Fiber.interrupt(fiber)
        yield* letGo
        yield* sockets.allClosed
        while (log.lines.length < 3) yield* Effect.sleep("1 millis")
        yield* Client.submit
      }).pipe(Effect.provide(Client.layer(url)), Effect.provide(log.layer))
      const text = "A paid task was created after its caller had gone; Task.fromId fetches it"
      expect(log.lines.map(({ level, text }) => `${level} ${text}`)).toEqual(Array(3).fill(`WARN ${text}`))
      const ids = log.lines.map(({ facts }) => facts.taskId)
      expect(ids.toSorted()).toEqual(["task_000001", "task_000002", "task_000003"])
    })
  )
})

describe("closing the layer", () => {
  const open = <A, E>(layer: Layer.Layer<A, E>) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      return { context: yield* Layer.buildWithScope(layer, scope), close: Scope.close(scope, Exit.void) }
    })

  it.scopedLive("aborts a submit that is under way, interrupted or not, and leaves no socket open", () =>
    Effect.gen(function* () {
      const { carriedOut, url } = yield* HeldSimulator.make
      const sockets = yield* ServerSockets.watch(url)
      const ids: Array<string> = []
      const options = { onSubmitted: ({ id }: { readonly id: string }) => Effect.sync(() => ids.push(id)) }
      const { close, context } = yield* open(Client.layer(url, options))
      const interrupted = yield* Effect.fork(Effect.provide(Client.submit, context))
      const waiting = yield* Effect.fork(Effect.provide(Client.submit, context))
      yield* carriedOut(2)
      yield* Fiber.interrupt(interrupted)
      yield* close
      yield* sockets.allClosed
      expect(Exit.isInterrupted(yield* Fiber.await(waiting))).toBe(true)
      expect(ids).toEqual([])
    })
  )

  it.scopedLive("ends connections that are not ready yet", () =>
    Effect.gen(function* () {
      const greeted = yield* Deferred.make<void>()
      const port = yield* RawServer.make((socket) =>
        socket.once("data", () => Deferred.unsafeDone(greeted, Effect.void))
      )
      const url = `https://127.0.0.1:${port}`
      const sockets = yield* ServerSockets.watch(url)
      const { close, context } = yield* open(Client.layer(url))
      const fiber = yield* Effect.fork(Effect.provide(Client.credits, context))
      yield* Deferred.await(greeted)
      yield* close
      yield* sockets.allClosed
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true)
    })
  )
})
