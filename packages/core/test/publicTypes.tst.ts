import * as Account from "@effect-cheapai/core/Account"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { describe, expect, test } from "tstyche"

declare const anyError: CheapAiError.CheapAiError
declare const task: Task.Task<Music.Songs>

describe("errors", () => {
  test("catchTags over all tags leaves never", () => {
    const caught = Effect.fail(anyError).pipe(
      Effect.catchTags({
        BadRequestError: () => Effect.void,
        UnauthorizedError: () => Effect.void,
        InsufficientBalanceError: () => Effect.void,
        ForbiddenError: () => Effect.void,
        NotFoundError: () => Effect.void,
        RateLimitedError: () => Effect.void,
        InternalError: () => Effect.void,
        ProcessingError: () => Effect.void,
        ServiceUnavailableError: () => Effect.void,
        UnexpectedStatusError: () => Effect.void,
        UnsuccessfulResponseError: () => Effect.void,
        TransportError: () => Effect.void,
        TimeoutError: () => Effect.void,
        InvalidInputError: () => Effect.void,
        CreditLimitError: () => Effect.void,
        InvalidResponseError: () => Effect.void,
        DownloadError: () => Effect.void,
        TaskFailedError: () => Effect.void,
        TaskTimeoutError: () => Effect.void
      })
    )
    expect(caught).type.toBe<Effect.Effect<void>>()
  })

  test("a read has no task error", () => {
    expect(Account.credits).type.toBe<Effect.Effect<number, CheapAiError.CallError, CheapAi>>()
    expect<
      Extract<CheapAiError.CallError, { _tag: "TaskFailedError" | "TaskTimeoutError" | "DownloadError" }>
    >().type.toBe<never>()
  })

  test("a submit gives a task, never a result", () => {
    expect(Music.generate({ model: "music-2.5", idea: "rain" })).type.toBe<
      Effect.Effect<Task.Task<Music.Songs>, CheapAiError.CallError, CheapAi>
    >()
    expect(Task.await(task)).type.toBe<
      Effect.Effect<Task.Result<Music.Songs>, CheapAiError.CallError | CheapAiError.TaskError, CheapAi>
    >()
  })

  test("reasons are literals", () => {
    expect<CheapAiError.RateLimitedError["reason"]>().type.toBe<"pace" | "daily-limit" | "unknown">()
    expect<CheapAiError.CheapAiError["outcome"]>().type.toBe<"not-sent" | "rejected" | "failed" | "unknown">()
  })
})

describe("policies", () => {
  test("any Schedule over the error is one", () => {
    expect(
      Schedule.exponential("1 second").pipe(Schedule.whileInput(CheapAiError.isStatus(502)))
    ).type.toBeAssignableTo<RetryPolicy.RetryPolicy>()
  })

  test("resendUnknown is no Schedule, so nothing is composed from it", () => {
    expect(RetryPolicy.documented).type.not.toBeAssignableTo<RetryPolicy.RetryPolicy>()
    expect(RetryPolicy.documented).type.toBeAssignableTo<RetryPolicy.AnyPolicy>()
  })
})

describe("handlers", () => {
  test("are typed by their route", () => {
    expect(TestCheapAi.on).type.toBeCallableWith(Account.Credits, () => Effect.succeed({ credits: 1 }))
    expect(TestCheapAi.on).type.not.toBeCallableWith(Account.Credits, () => Effect.succeed({ credits: "many" }))
    expect(TestCheapAi.on).type.not.toBeCallableWith(Music.Generate, () => Effect.succeed({ taskId: "t" }))
  })
})

describe("inputs", () => {
  test("an unknown or mistyped field does not compile", () => {
    expect(Music.generate).type.not.toBeCallableWith({ model: "music-2.5", idea: "rain", prompt: "rain" })
    expect(Music.generate).type.not.toBeCallableWith({ model: "music-2.5", idea: "rain", n: "2" })
    expect(Music.generate).type.not.toBeCallableWith({ idea: "rain" })
  })
})
