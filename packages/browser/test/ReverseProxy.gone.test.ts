import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import * as Connection from "./connection.js"
import * as HttpServer from "./httpServer.js"
import * as OwnServer from "./ownServer.js"
import * as Wire from "./wire.js"

const path = "/v1m/task/music-generation"
const body = '{"model":"music-2.5","idea":"rain on a tin roof"}'
const headers = { authorization: "Bearer session-of-ann", "content-type": "application/json" }

const chargedIds = (simulator: Simulator.Simulator) =>
  Effect.map(simulator.ledger, (ledger) => Ledger.charges(ledger).map(({ taskId }) => taskId))

/** Comes again until it holds. */
const until = <A>(effect: Effect.Effect<A>, holds: (a: A) => boolean): Effect.Effect<A> =>
  Effect.repeat(Effect.zipLeft(effect, Effect.sleep("5 millis")), { until: holds })

const submitThenLeave = (address: string, simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    const page = yield* Connection.to(address)
    page.write(Connection.head(address, path, "content-type: application/json", `content-length: ${body.length}`))
    page.write(body)
    yield* until(chargedIds(simulator), (ids) => ids.length === 1)
    yield* page.leave
  })

describe.each([
  ["node", NodeTransport.layer()],
  ["fetch", CheapAi.layerFetchClient]
] as const)("a page that goes away, before a proxy over %s", (_, upstream) => {
  it.scopedLive("after its submit was charged: the task is told, with its caller", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.drip(Music.Generate.key, { pause: "100 millis" }))
      const told = yield* Deferred.make<string>()
      const address = yield* OwnServer.onAPort(upstream, {
        baseUrl: url,
        onSubmitted: ({ id }, caller) => Deferred.succeed(told, `${caller.id} ${id}`)
      })
      yield* submitThenLeave(address, simulator)
      expect(yield* Deferred.await(told)).toBe(`ann ${(yield* chargedIds(simulator))[0]}`)
    })
  )

  it.scopedLive("and nobody wants to be told: one warning has the id", () => {
    const warned = Deferred.unsafeMake<readonly [string, unknown]>(FiberId.none)
    const logger = Logger.make<unknown, void>(({ annotations, logLevel, message }) => {
      const facts = Object.fromEntries(HashMap.toEntries(annotations))
      if (logLevel.label === "WARN") Deferred.unsafeDone(warned, Effect.succeed([String(message), facts]))
    })
    return Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.drip(Music.Generate.key, { pause: "100 millis" }))
      const address = yield* OwnServer.onAPort(upstream, { baseUrl: url })
      yield* submitThenLeave(address, simulator)
      expect(yield* Deferred.await(warned)).toEqual([
        "A paid task was created after its caller had gone; Task.fromId fetches it",
        { route: Music.Generate.key, taskId: (yield* chargedIds(simulator))[0] }
      ])
    }).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
  })

  it.scopedLive("at any moment: a task is told if and only if it was charged", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const told: Array<string> = []
      const address = yield* OwnServer.onAPort(upstream, {
        baseUrl: url,
        onSubmitted: ({ id }) => Effect.sync(() => told.push(id))
      })
      for (let wait = 0; wait < 30; wait++) {
        const page = new AbortController()
        const response = fetch(`${address}${path}`, { method: "POST", body, headers, signal: page.signal })
        response.catch(() => {})
        yield* Effect.sleep(wait)
        page.abort()
      }
      // One that stays, so that there is a charge on any machine.
      yield* Effect.promise(() => fetch(`${address}${path}`, { method: "POST", body, headers }))
      yield* Effect.sleep("500 millis")
      const charged = yield* until(chargedIds(simulator), (ids) => ids.length === told.length)
      expect(charged.length).toBeGreaterThan(0)
      expect(told.toSorted()).toEqual(charged.toSorted())
    })
  )

  it.scopedLive("in the middle of a read: the service's connection ends at once", () =>
    Effect.gen(function* () {
      const service = yield* HttpServer.make(() => {})
      const address = yield* OwnServer.onAPort(upstream, { baseUrl: service.url })
      const page = new AbortController()
      fetch(`${address}/v1/credits`, { headers, signal: page.signal }).catch(() => {})
      const { left } = yield* service.first
      page.abort()
      yield* Deferred.await(left)
    })
  )
})

describe("in memory", () => {
  it.scopedLive("a submit outlives the signal of its request", () =>
    Effect.gen(function* () {
      const told = yield* Deferred.make<string>()
      const sent = yield* Deferred.make<void>()
      const created = Wire.json(200, { success: true, task_id: "t-1" })
      const { layer } = Wire.make((request) =>
        Effect.zipRight(Deferred.succeed(sent, undefined), Effect.delay(created(request), "100 millis"))
      )
      const ask = yield* OwnServer.inMemory(layer, { onSubmitted: ({ id }) => Deferred.succeed(told, id) })
      const page = new AbortController()
      yield* Effect.fork(ask(path, { method: "POST", body, headers, signal: page.signal }))
      yield* Deferred.await(sent)
      page.abort()
      expect(yield* Deferred.await(told)).toBe("t-1")
    })
  )

  it.scopedLive("the end of the proxy ends what outlived its page", () =>
    Effect.gen(function* () {
      const sent = yield* Deferred.make<void>()
      const ended = yield* Deferred.make<void>()
      const { layer } = Wire.make(() =>
        Effect.zipRight(Deferred.succeed(sent, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => Deferred.succeed(ended, undefined))
        )
      )
      const scope = yield* Scope.make()
      const ask = yield* Scope.extend(OwnServer.inMemory(layer), scope)
      const page = new AbortController()
      yield* Effect.fork(ask(path, { method: "POST", body, headers, signal: page.signal }))
      yield* Deferred.await(sent)
      page.abort()
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.await(ended)
    })
  )

  it.scopedLive("a handler that dies costs the page nothing", () =>
    Effect.gen(function* () {
      const { layer } = Wire.make(Wire.json(200, { success: true, task_id: "t-1" }))
      const logged: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void logged.push(`${logLevel.label} ${message}`))
      const log = Logger.replace(Logger.defaultLogger, logger)
      const ask = yield* OwnServer.inMemory(layer, { onSubmitted: () => Effect.dieMessage("no database") }, log)
      const response = yield* ask(path, { method: "POST", body, headers })
      expect(yield* Effect.promise(() => response.json())).toMatchObject({ task_id: "t-1" })
      expect(logged).toEqual([expect.stringMatching(/^ERROR /)])
    })
  )
})
