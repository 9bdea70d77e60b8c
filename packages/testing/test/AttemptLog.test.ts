import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as AttemptLog from "@effect-cheapai/testing/AttemptLog"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"

const submit = "POST /v1m/task/music-generation"
const idea = { model: "music-2.5", idea: "rain" }
const song = Effect.flatMap(Music.generate(idea), (task) => Task.await(task))

/** The text that a program leaves, with these faults in its way. */
const textOf = <A, E>(
  program: Effect.Effect<A, E, CheapAi.CheapAi>,
  options: {
    readonly seed?: string
    readonly faults?: ReadonlyArray<Fault.Fault>
    readonly settings?: Simulated.Options
  }
) =>
  Effect.gen(function* () {
    const simulator = yield* Simulated.Simulator
    yield* simulator.inject(...(options.faults ?? []))
    yield* Effect.exit(program)
    return yield* Effect.flatMap(AttemptLog.AttemptLog, (log) => log.text)
  }).pipe(
    Effect.provide(TestCheapAi.layerSimulator(options.settings).pipe(AttemptLog.record)),
    Effect.provide(Layer.setRandom(Random.make(options.seed ?? "seed"))),
    Effect.provide(VirtualTime.layer({ startAt: "2026-01-01T00:00:00Z" }))
  )

const retry = Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(2))

describe("the text", () => {
  it.live("has a line for each attempt and for each end of a call", () =>
    Effect.gen(function* () {
      const text = yield* textOf(Effect.all([Music.generate(idea), Account.credits]), {
        faults: [Fault.reply(submit, Fault.serviceUnavailable), Fault.drop("GET /v1/credits", { times: 3 })],
        settings: { retry }
      })
      expect(text.split("\n")).toEqual([
        "       0 ms  call 1  POST /v1m/task/music-generation  try 1  503 ServiceUnavailableError  rejected  started  took 0 ms",
        "    1000 ms  call 1  POST /v1m/task/music-generation  try 2 after backoff 1000 ms  200 success  started  took 0 ms",
        "    1000 ms  call 1  ended: success",
        "    1000 ms  call 2  GET /v1/credits  try 1  TransportError reset  unknown  started  took 0 ms",
        "    2000 ms  call 2  GET /v1/credits  try 2 after backoff 1000 ms  TransportError reset  unknown  started  took 0 ms",
        "    3000 ms  call 2  GET /v1/credits  try 3 after backoff 1000 ms  TransportError reset  unknown  started  took 0 ms",
        "    3000 ms  call 2  ended: TransportError, unknown, tries-used"
      ])
    })
  )

  it.live("has the attempt that the call's time cut short, and the end of an interrupted call", () =>
    Effect.gen(function* () {
      const call = Account.credits.pipe(CheapAi.withTimeouts({ attempt: "8 seconds", total: "5 seconds" }))
      const text = yield* textOf(Effect.zipRight(Effect.flip(call), Effect.timeout(call, "1 second")), {
        faults: [Fault.stall("GET /v1/credits", { times: 9 })]
      })
      expect(text.split("\n")).toEqual([
        "       0 ms  call 1  GET /v1/credits  try 1  TimeoutError  unknown  started  took 5000 ms",
        "    5000 ms  call 1  ended: TimeoutError, unknown, deadline",
        "    6000 ms  call 2  ended: interrupted"
      ])
    })
  )

  const busy = (seed: string) =>
    textOf(
      Effect.forEach(Array.from({ length: 30 }), () => Effect.either(Effect.timeout(song, "20 seconds")), {
        concurrency: 7
      }),
      {
        seed,
        faults: [
          Fault.reply(submit, Fault.tooManyRequests(3), { skip: 4, times: 6 }),
          Fault.drop("GET /v1/task/{task_id}", { skip: 3, times: 5 }),
          Fault.stall("GET /v1/task/{task_id}", { skip: 3, times: 2 }),
          Fault.cut(submit, { skip: 2 })
        ]
      }
    )

  it.live("is the same on each run of a seed, and another for another", () =>
    Effect.gen(function* () {
      const first = yield* busy("one")
      expect(first.split("\n").length).toBeGreaterThan(100)
      expect(yield* busy("one")).toBe(first)
      expect(yield* busy("two")).not.toBe(first)
    })
  )
})

describe("record", () => {
  it.live("takes any layer of the service", () =>
    Effect.gen(function* () {
      yield* Account.credits
      const { lines } = yield* AttemptLog.AttemptLog
      expect(yield* lines).toEqual(["       0 ms  call 1  ended: success"])
    }).pipe(
      Effect.provide(
        TestCheapAi.layer(TestCheapAi.on(Account.Credits, () => Effect.succeed({ credits: 5 }))).pipe(AttemptLog.record)
      ),
      Effect.provide(VirtualTime.layer())
    )
  )
})
