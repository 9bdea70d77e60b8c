import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Task from "@effect-cheapai/core/Task"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import type * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { inVirtualTime, submit } from "./calls.js"

const song = Effect.flatMap(submit, (task) => Task.await(task))

interface Poll {
  readonly at: number
  readonly status: number | undefined
}

/** A client over the simulator, and what became of each poll. */
const over = (simulator: Simulator.Simulator, polls: Ref.Ref<ReadonlyArray<Poll>>) => {
  const handle = (request: Wire.WireRequest) =>
    Effect.tap(simulator.handle(request), (reply) =>
      request.method === "GET"
        ? Effect.clockWith((clock) =>
            Ref.update(polls, (all) => [...all, { at: clock.unsafeCurrentTimeMillis(), status: reply.head?.status }])
          )
        : Effect.void
    )
  return CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, SimulatorClient.make({ handle })))
  )
}

describe("many tasks at once", () => {
  it.effect(
    "200 tasks of a minute share one pace where 5 polls a second are allowed",
    () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator.make({ taskDuration: "60 seconds", pollsPerSecond: 5, credits: 1_000_000 })
        const polls = yield* Ref.make<ReadonlyArray<Poll>>([])
        const results = yield* Effect.forEach(Array.from({ length: 200 }), () => song, {
          concurrency: "unbounded"
        }).pipe(Effect.provide(over(simulator, polls)), inVirtualTime)
        expect(new Set(results.map(({ taskId }) => taskId)).size).toBe(200)
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(200)
        const later = (yield* Ref.get(polls)).filter(({ at }) => at > 10_000)
        const refused = later.filter(({ status }) => status === 429)
        expect(later.length).toBeGreaterThan(200)
        expect(refused.length / later.length).toBeLessThanOrEqual(0.05)
        expect(later.at(-1)?.at).toBeLessThan(180_000)
      }).pipe(Effect.withRandom(Random.make("many tasks"))),
    60_000
  )

  it.live(
    "10,000 tasks awaited at once all finish",
    () =>
      Effect.gen(function* () {
        const simulator = yield* Simulator.make({ taskDuration: "2 seconds", credits: 100_000_000 })
        const layer = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, SimulatorClient.make(simulator)))
        )
        const results = yield* Effect.forEach(Array.from({ length: 10_000 }), () => song, {
          concurrency: "unbounded"
        }).pipe(Effect.provide(layer))
        expect(new Set(results.map(({ taskId }) => taskId)).size).toBe(10_000)
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(10_000)
      }),
    300_000
  )
})
