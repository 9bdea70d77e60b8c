import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { inVirtualTime, sentAt, submit } from "../calls.js"
import { oversleeping, setBack } from "../clocks.js"

const calls: ReadonlyArray<readonly [string, Effect.Effect<unknown, CallError, CheapAi.CheapAi>]> = [
  ["a submit", submit],
  ["a read", Account.credits]
]

describe("once its time is over nothing of a call leaves", () => {
  it.effect.each(calls)("%s, when the wait before a retry took longer than asked", ([, call]) =>
    Effect.gen(function* () {
      const error = yield* call.pipe(
        CheapAi.withRetryPolicy(Schedule.spaced("1 second")),
        CheapAi.withTimeouts({ total: "5 seconds" }),
        Effect.flip,
        inVirtualTime,
        oversleeping({ 1000: 10_000 })
      )
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", stopped: "deadline", outcome: "rejected" })
      expect(error.attempts).toHaveLength(1)
      expect(yield* sentAt).toEqual([0])
    }).pipe(Effect.provide(Script.layer([Script.reply(503)])))
  )

  it.effect.each(calls)("%s, while the wall clock is set back", ([, call]) =>
    Effect.gen(function* () {
      const error = yield* call.pipe(
        CheapAi.withRetryPolicy(Schedule.intersect(Schedule.spaced("2 seconds"), Schedule.recurs(9))),
        CheapAi.withTimeouts({ total: "5 seconds" }),
        Effect.flip,
        inVirtualTime,
        setBack
      )
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", stopped: "deadline" })
      expect(yield* sentAt).toHaveLength(3)
    }).pipe(Effect.provide(Script.layer([Script.reply(503)])))
  )

  it.effect.each(calls)("%s that has none", ([, call]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(CheapAi.withTimeouts({ total: 0 })(call))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent", stopped: "deadline" })
      expect(error.attempts).toEqual([])
      expect(yield* sentAt).toEqual([])
    }).pipe(Effect.provide(Script.layer([Script.reply(503)])))
  )
})
