import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"

const audioUrl = new URL("https://cdn.example.com/1.mp3")
const idea = { model: "music-2.5", idea: "rain" }
const song = Effect.flatMap(Music.generate(idea), (task) => Task.await(task))

const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

describe("a route with a handler", () => {
  it.effect("answers with the handler's value, and sees the input", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make<unknown>(undefined)
      const layer = TestCheapAi.layer(
        TestCheapAi.on(Music.Generate, (input) => Effect.as(Ref.set(seen, input), { tracks: [{ audioUrl }] as const }))
      )
      const result = yield* song.pipe(inTime, Effect.provide(layer))
      expect(result.tracks[0].audioUrl.href).toBe(audioUrl.href)
      expect(result.taskId).toBe("task-1")
      expect(yield* Ref.get(seen)).toEqual(idea)
    })
  )

  it.effect("fails with the handler's own error, once", () =>
    Effect.gen(function* () {
      const cap = new CheapAiError.RateLimitedError({ message: "cap", reason: "daily-limit" })
      const layer = TestCheapAi.layer(TestCheapAi.on(Music.Generate, () => Effect.fail(cap)))
      const reason = yield* song.pipe(
        Effect.catchTag("RateLimitedError", (error) => Effect.succeed(error.reason)),
        Effect.provide(layer)
      )
      expect(reason).toBe("daily-limit")
    })
  )

  it.effect("can let the task fail after the submit", () =>
    Effect.gen(function* () {
      const task = { id: "any", route: Music.Generate.key }
      const failure = new CheapAiError.TaskFailedError({ message: "refused", task, creditCost: 7 })
      const layer = TestCheapAi.layer(TestCheapAi.on(Music.Generate, () => Effect.fail(failure)))
      const error = yield* song.pipe(Effect.flip, inTime, Effect.provide(layer))
      expect(error).toMatchObject({ _tag: "TaskFailedError", message: "refused", creditCost: 7, taskId: "task-1" })
    })
  )

  it.effect("checks the input as the real service does", () =>
    Effect.gen(function* () {
      const layer = TestCheapAi.layer(TestCheapAi.on(Music.Generate, () => Effect.dieMessage("must not be asked")))
      const error = yield* Music.generate({ model: "music-2.5" }).pipe(Effect.flip, Effect.provide(layer))
      expect(error._tag).toBe("InvalidInputError")
    })
  )

  it.effect("says what a task cost", () =>
    Effect.gen(function* () {
      const song = Effect.flatMap(Music.generate(idea), (task) => Task.await(task))
      const priced = TestCheapAi.on(Music.Generate, () => Effect.succeed({ tracks: [{ audioUrl }], creditCost: 42 }))
      const fiber = yield* Effect.fork(Effect.provide(song, TestCheapAi.layer(priced)))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject({ taskId: "task-1", creditCost: 42 })
    })
  )

  it.effect("tells onSubmitted", () =>
    Effect.gen(function* () {
      const ids = yield* Ref.make<ReadonlyArray<string>>([])
      const layer = TestCheapAi.layer(
        TestCheapAi.on(Music.Generate, () => Effect.succeed({ tracks: [{ audioUrl }] as const }))
      )
      yield* Effect.all([Music.generate(idea), Music.generate(idea)]).pipe(
        CheapAi.onSubmitted((task) => Ref.update(ids, (all) => [...all, task.id])),
        Effect.provide(layer)
      )
      expect(yield* Ref.get(ids)).toEqual(["task-1", "task-2"])
    })
  )
})

describe("a handler's error", () => {
  it.effect("is filled in with its route, so that isRetryable says what it will say in production", () =>
    Effect.gen(function* () {
      const layer = TestCheapAi.layer(
        TestCheapAi.on(Account.Credits, () => Effect.fail(new CheapAiError.InternalError({ message: "broke" })))
      )
      const error = yield* Account.credits.pipe(Effect.flip, Effect.provide(layer))
      expect(error).toMatchObject({ route: "GET /v1/credits", replay: "safe", isRetryable: true })
    })
  )
})

describe("a route without a handler", () => {
  it.effect("dies with the route's name", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(Account.credits, TestCheapAi.layer()))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain("No handler for GET /v1/credits")
    })
  )
})
