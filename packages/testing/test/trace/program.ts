/** A program whose trace is compared, between runs and between versions of Node. */
import * as Account from "@effect-cheapai/core/Account"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Faults from "@effect-cheapai/simulator/Faults"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as AttemptLog from "@effect-cheapai/testing/AttemptLog"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"

export const song = Effect.flatMap(Music.generate({ model: "music-2.5", idea: "rain" }), (task) =>
  Task.await(task, { timeout: "3 minutes" })
)

const arrivalsOf = (simulator: Simulator.Simulator) =>
  Effect.map(simulator.requests, (arrivals) =>
    arrivals.map(({ at, fault = "no fault", method, status = "no reply", target }) =>
      [`${at} ms`, `${method} ${target}`, fault, status].join("  ")
    )
  )

/** A task whose caller has gone is a warning. */
const quiet = Logger.remove(Logger.defaultLogger)

/** What the client did, then what arrived: songs side by side, some given up half-way, and a read after them. */
export const traceOf = (seed: number) =>
  Effect.gen(function* () {
    const songs = Array.from({ length: 5 }, (_, index) =>
      Effect.exit(index % 3 === 2 ? Effect.timeout(song, "5 seconds") : song)
    )
    yield* Effect.all(songs, { concurrency: 3 })
    yield* Effect.exit(Account.credits)
    const { text } = yield* AttemptLog.AttemptLog
    const arrivals = yield* Effect.flatMap(Simulated.Simulator, arrivalsOf)
    return [yield* text, ...arrivals].join("\n")
  }).pipe(
    Effect.provide(
      Simulated.layer({ simulator: { faults: Faults.plan(seed), taskDuration: "20 seconds" } }).pipe(AttemptLog.record)
    ),
    Effect.provide(Layer.setRandom(Random.make(seed))),
    Effect.provide(VirtualTime.layer()),
    Effect.provide(quiet)
  )

export const seedsTo = (last: number): ReadonlyArray<number> => Array.from({ length: last }, (_, index) => index + 1)
