import * as Music from "@effect-cheapai/core/Music"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"

export const idea = "a slow waltz for two clarinets"

/** A billed call: `once`. */
export const submit = Music.generate({ model: "music-2.5", idea, instrumental: true })

export const created = { success: true, task_id: "t-1", ec_remain_credits: 98812 }

/** Runs to the end while an hour of the test's clock goes by. */
export const inVirtualTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

/** When each request was sent, in milliseconds. */
export const sentAt = Effect.flatMap(Script.Recorder, (recorder) =>
  Effect.map(recorder.sent, (sent) => sent.map((request) => request.at))
)
