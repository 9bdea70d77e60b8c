import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "../client.js"
import { block } from "../eventLoop.js"
import * as HeldSimulator from "../heldSimulator.js"
import * as Installed from "./installed.js"
import * as Nginx from "./nginx.js"

const within = 60_000

const submitted = `${Client.submitRoute} 200`

describe.runIf(Installed.has("nginx"))("nginx that closes connections", () => {
  const ways = ["keepalive_requests 1", "keepalive_timeout 0", "keepalive_timeout 20ms"]

  it.scopedLive.each(ways)(
    "by %s, beside an event loop that is busy, fails none of 50 reads and loses none of 50 submits",
    (way) =>
      Effect.gen(function* () {
        const { simulator, url } = yield* SimulatorServer.make({ credits: 1_000_000 })
        const gateway = yield* Nginx.make({ upstream: url, http: [`${way};`] })
        const attempts: Array<Attempt> = []
        const ids: Array<string> = []
        const both = Effect.all([Client.credits, Client.submit], { concurrency: 2 })
        yield* Effect.replicateEffect(Effect.zipRight(block(40), both), 50).pipe(
          CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
          CheapAi.onSubmitted(({ id }) => Effect.sync(() => ids.push(id))),
          Effect.provide(Client.layer(gateway.url))
        )
        const submits = attempts.filter(({ route }) => route === Client.submitRoute)
        expect(submits.map(({ number, result }) => `${number} ${result}`)).toEqual(Array(50).fill("1 success"))
        const charges = Ledger.charges(yield* simulator.ledger)
        expect(ids).toEqual(charges.map(({ taskId }) => taskId))
        const posts = (yield* gateway.log).filter((line) => line.startsWith("POST"))
        expect(posts).toEqual(Array(50).fill(submitted))
      }),
    within
  )
})

describe.runIf(Installed.has("nginx"))("a submit behind nginx", () => {
  it.scopedLive(
    "whose caller goes away is no 499: it arrives, is charged once and is announced",
    () =>
      Effect.gen(function* () {
        const { carriedOut, letGo, simulator, url } = yield* HeldSimulator.make
        const gateway = yield* Nginx.make({ upstream: url })
        const told = yield* Deferred.make<string>()
        const id = yield* Effect.gen(function* () {
          const caller = yield* Effect.fork(Client.submit)
          yield* carriedOut(1)
          yield* Fiber.interrupt(caller)
          yield* letGo
          return yield* Deferred.await(told)
        }).pipe(
          CheapAi.onSubmitted(({ id }) => Deferred.succeed(told, id)),
          Effect.provide(Client.layer(gateway.url))
        )
        expect(Ledger.charges(yield* simulator.ledger).map(({ taskId }) => taskId)).toEqual([id])
        expect(yield* simulator.requests).toHaveLength(1)
        expect(yield* gateway.log).toEqual([submitted])
      }),
    within
  )

  it.scopedLive(
    "is a 499 only when the whole client is closed while it waits",
    () =>
      Effect.gen(function* () {
        const { carriedOut, simulator, url } = yield* HeldSimulator.make
        const gateway = yield* Nginx.make({ upstream: url })
        yield* Effect.zipRight(Effect.fork(Client.submit), carriedOut(1)).pipe(
          Effect.provide(Client.layer(gateway.url))
        )
        expect(yield* gateway.log).toEqual([`${Client.submitRoute} 499`])
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
      }),
    within
  )
})
