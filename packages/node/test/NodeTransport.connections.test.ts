import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Client from "./client.js"
import { block, turn } from "./eventLoop.js"
import * as HttpServer from "./httpServer.js"
import * as ServerSockets from "./serverSockets.js"

const answer = (response: ServerResponse, number: number) =>
  HttpServer.json(response, 200, { success: true, task_id: `task_${number}`, credits: 7 })

const closesWhenIdle = HttpServer.make((response, { socket }, number) => {
  response.on("finish", () => setTimeout(() => socket.destroy(), 20))
  answer(response, number)
})

/** Keeps a connection alive, and closes it when the next request has been sent: nobody knows what became of that one. */
const closesOnReuse = Effect.suspend(() => {
  const used = new WeakSet<Socket>()
  return HttpServer.make((response, { socket }, number) => {
    if (used.has(socket)) socket.resetAndDestroy()
    else answer(response, number)
    used.add(socket)
  })
})

describe("connections", () => {
  it.scopedLive("ten reads one after the other use one", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      const reads = Effect.replicateEffect(Effect.zipLeft(Client.credits, turn), 10)
      yield* Effect.provide(reads, Client.layer(url))
      expect(sockets.accepted()).toBe(1)
    })
  )

  it.scopedLive("ten reads without a pause between them use at most two", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.provide(Effect.replicateEffect(Client.credits, 10), Client.layer(url))
      expect(sockets.accepted()).toBeLessThanOrEqual(2)
    })
  )

  it.scopedLive("ten submits in a row open one each, and leave none open", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        yield* Effect.replicateEffect(Client.submit, 10)
        yield* sockets.allClosed
        expect(sockets.accepted()).toBe(10)
      }).pipe(Effect.provide(Client.layer(url)))
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(10)
    })
  )

  it.scopedLive("a submit does not take one that a read left open, nor the other way round", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      const inTurn = Effect.all([Client.credits, turn, Client.submit, turn, Client.credits, turn, Client.submit], {
        discard: true
      })
      yield* Effect.provide(inTurn, Client.layer(url))
      expect(sockets.accepted()).toBe(3)
    })
  )

  it.scopedLive("are closed with the layer", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.provide(Effect.replicateEffect(Client.credits, 5, { concurrency: 5 }), Client.layer(url))
      yield* sockets.allClosed
      expect(sockets.accepted()).toBe(5)
    })
  )
})

describe("beside a server that closes idle connections", () => {
  it.scopedLive("an event loop blocked for 40 ms fails none of 50 submits and 50 reads", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* closesWhenIdle
      const attempts: Array<Attempt> = []
      const both = Effect.all([Client.credits, Client.submit], { concurrency: 2 })
      yield* Effect.replicateEffect(Effect.all([turn, block(40), both]), 50).pipe(
        CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
        Effect.provide(Client.layer(url))
      )
      const submits = attempts.filter(({ route }) => route === Client.submitRoute)
      expect(submits.map(({ number, result }) => `${number} ${result}`)).toEqual(Array(50).fill("1 success"))
      expect(requests.filter(({ method }) => method === "POST")).toHaveLength(50)
    })
  )

  it.scopedLive("just as a request arrives, reads are sent again and submits need only one request", () =>
    Effect.gen(function* () {
      const { url } = yield* closesOnReuse
      const attempts: Array<Attempt> = []
      const inTurn = Effect.all([Client.credits, turn, Client.submit, turn])
      yield* Effect.replicateEffect(inTurn, 20).pipe(
        CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
        Effect.provide(Client.layer(url))
      )
      const of = (key: string) => attempts.filter(({ route }) => route === key).map(({ result }) => result)
      expect(of(Client.submitRoute)).toEqual(Array(20).fill("success"))
      const lostOnce = Array(19).fill(["TransportError", "success"])
      expect(of(Client.creditsRoute)).toEqual(["success", ...lostOnce.flat()])
    })
  )
})
