/** The same program over the same plan, in memory and over sockets: the same is decided, and comes out. */
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type { CallError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as SocketsInVirtualTime from "./socketsInVirtualTime.js"

const planOf = (seed: number): Faults.Plan => Faults.plan(seed, { rate: { submit: 0.4, poll: 0.4, read: 0.4 } })

const account = (seed: number): Simulator.Options => ({ faults: planOf(seed), taskDuration: 0, dripPause: 2 })

/** How a call ended. The transport's name for a failure is left out: fetch has none. */
const ended = (result: Either.Either<unknown, CallError | TaskError>) =>
  Either.match(result, {
    onRight: () => "success",
    onLeft: (error) => {
      const { _tag } = error
      const attempts = "attempts" in error ? error.attempts : []
      const stopped = "stopped" in error ? error.stopped : undefined
      return {
        _tag,
        outcome: "outcome" in error ? error.outcome : undefined,
        stopped,
        attempts: attempts.map(({ outcome, result, status }) => ({ outcome, result, status }))
      }
    }
  })

const submit = Effect.either(Music.generate({ model: "music-2.5", idea: "rain" }))

/** A read, three submits, and the first task that came of them awaited. */
const program = Effect.gen(function* () {
  const read = yield* Effect.either(Account.credits)
  const submits = yield* Effect.all([submit, submit, submit])
  const task = submits.find(Either.isRight)
  const awaited =
    task === undefined ? undefined : yield* Effect.either(Task.await(task.right, { timeout: "3 minutes" }))
  return [read, ...submits, ...(awaited === undefined ? [] : [awaited])].map(ended)
})

/** What was asked, what struck it, what was answered and what was booked. */
const books = (simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    const ledger = yield* simulator.ledger
    const arrivals = yield* simulator.requests
    expect(Ledger.violations(ledger, arrivals)).toEqual([])
    return {
      requests: arrivals.map(({ fault, phase, status }) => `${phase}: ${fault ?? "none"}, ${status ?? "no reply"}`),
      ledger: ledger.entries.map(({ credits, kind, request }) => `${kind} ${credits} by request ${request}`)
    }
  })

const startAt = "2026-01-01T00:00:00Z"

const inMemory = (seed: number) =>
  Effect.gen(function* () {
    const ends = yield* program
    return { ends, ...(yield* Effect.flatMap(Simulated.Simulator, books)) }
  }).pipe(
    Effect.provide(Simulated.layer({ simulator: account(seed) })),
    Effect.provide(Layer.setRandom(Random.make(seed))),
    Effect.provide(VirtualTime.layer({ startAt }))
  )

/** The server lives outside of virtual time. */
const overSockets = (seed: number) =>
  Effect.gen(function* () {
    const server = yield* SimulatorServer.make(account(seed))
    const ends = yield* program.pipe(
      Effect.provide(SocketsInVirtualTime.layer(server)),
      Effect.provide(Layer.setRandom(Random.make(seed))),
      Effect.provide(VirtualTime.layer({ startAt }))
    )
    return { ends, ...(yield* books(server.simulator)) }
  }).pipe(Effect.scoped)

const seeds = Array.from({ length: 200 }, (_, index) => index + 1)

describe("the memory face and the socket face", { timeout: 60_000 }, () => {
  it.live("agree on 200 plans", () =>
    Effect.gen(function* () {
      const memory = yield* Effect.forEach(seeds, inMemory)
      const sockets = yield* Effect.forEach(seeds, overSockets, { concurrency: 8 })
      seeds.forEach((seed, index) => {
        expect(sockets[index], `seed ${seed}: ${Faults.toScript(planOf(seed))}`).toEqual(memory[index])
      })
      // The plans did something: calls ended in many ways, after many faults on each phase.
      const ways = memory.flatMap(({ ends }) => ends.map((end) => (typeof end === "string" ? end : end._tag)))
      expect(new Set(ways).size).toBeGreaterThan(12)
      expect(new Set(memory.flatMap(({ requests }) => requests)).size).toBeGreaterThan(120)
    })
  )
})
