import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as RetryBudget from "@effect-cheapai/core/RetryBudget"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Script from "@effect-cheapai/testing/Script"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { inVirtualTime, sentAt } from "./calls.js"
import { oversleeping, setBack } from "./clocks.js"

const overloaded = Script.reply(503, { success: false, error: "Overloaded" })
const credits = Script.reply(200, { success: true, credits: 5 })

const call = Effect.either(Account.credits)

/** Side by side. */
const calls = (count: number) =>
  Effect.gen(function* () {
    const before = (yield* sentAt).length
    const ends = yield* Effect.forEach(Array.from({ length: count }), () => call, { concurrency: 60 })
    return { ends, requests: (yield* sentAt).length - before }
  })

describe("in a total outage", { timeout: 60_000 }, () => {
  it.live(
    "calls are soon sent once each, say so with the last real error, and are retried again once it is over",
    () => {
      const steps = [overloaded]
      return Effect.gen(function* () {
        yield* calls(60)
        const { ends, requests } = yield* calls(1000)
        expect(requests).toBeLessThanOrEqual(1200)
        const refused = ends.filter((end) => Either.isLeft(end) && end.left.stopped === "budget-empty")
        expect(refused.length).toBeGreaterThan(990)
        for (const end of refused) {
          const error = Either.getOrThrow(Either.flip(end))
          expect(error).toMatchObject({ _tag: "ServiceUnavailableError", message: "Overloaded" })
          expect(error.attempts.at(-1)).toMatchObject({ status: 503 })
        }
        steps.push(...Array.from({ length: (yield* sentAt).length }, () => overloaded), credits)
        yield* Effect.sleep("10 seconds")
        const recovered = yield* calls(1)
        expect(recovered.requests).toBe(2)
        expect(recovered.ends).toEqual([Either.right(5)])
      }).pipe(Effect.provide(Script.layer(steps)), Effect.provide(VirtualTime.layer()))
    }
  )
})

describe("the tokens of a client", { timeout: 60_000 }, () => {
  const atOnce = Schedule.recurs(1)

  /** How many of so many calls, one after the other, were sent twice. */
  const retried = (count: number) =>
    Effect.gen(function* () {
      const before = (yield* sentAt).length
      yield* Effect.replicateEffect(CheapAi.withRetryPolicy(atOnce)(call), count)
      return (yield* sentAt).length - before - count
    })

  it.effect("are 100 at first and come back one in ten seconds, up to 100", () =>
    Effect.gen(function* () {
      expect(yield* retried(120)).toBe(100)
      yield* TestClock.adjust("9999 millis")
      expect(yield* retried(5)).toBe(0)
      yield* TestClock.adjust("1 millis")
      expect(yield* retried(5)).toBe(1)
      yield* TestClock.adjust("1 day")
      expect(yield* retried(120)).toBe(100)
    }).pipe(Effect.provide(Script.layer([overloaded])))
  )

  it.effect("come back in time, though the wall clock is set back", () =>
    Effect.gen(function* () {
      expect(yield* retried(2)).toBe(1)
      yield* TestClock.adjust("10 seconds")
      expect(yield* retried(2)).toBe(1)
    }).pipe(Effect.provide(Script.layer([overloaded], { retryBudget: { tokens: 1 } })), setBack)
  )

  it.effect("come back with successes, a tenth each", () => {
    const steps = [
      ...Array.from({ length: 2 }, () => overloaded),
      ...Array.from({ length: 10 }, () => credits),
      overloaded
    ]
    return Effect.gen(function* () {
      expect(yield* retried(1)).toBe(1)
      yield* Effect.replicateEffect(call, 10)
      expect(yield* retried(2)).toBe(1)
    }).pipe(Effect.provide(Script.layer(steps, { retryBudget: { tokens: 1 } })))
  })

  it.effect.each([
    [0, 0],
    [3, 3],
    [Number.POSITIVE_INFINITY, 200]
  ])("with %s of them, %s of 200 calls are sent again", ([tokens, expected]) =>
    Effect.gen(function* () {
      expect(yield* retried(200)).toBe(expected)
    }).pipe(Effect.provide(Script.layer([overloaded], { retryBudget: { tokens } })))
  )

  it.effect("are not taken where the policy, or the time left, ends the call", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(CheapAi.withRetryPolicy(RetryPolicy.none)(call), 5)
      const tooShort = CheapAi.withTimeouts({ total: "1 millis" })
      yield* Effect.replicateEffect(tooShort(CheapAi.withRetryPolicy(Schedule.spaced("1 second"))(call)), 5)
      expect(yield* retried(2)).toBe(1)
    }).pipe(Effect.provide(Script.layer([overloaded], { retryBudget: { tokens: 1 } })))
  )

  const patient = CheapAi.withRetryPolicy(Schedule.spaced("1 minute"))(call)
  const few = { tokens: 1, refillEvery: "1 day" } as const

  it.effect("come back when a caller leaves while it waits", () =>
    Effect.gen(function* () {
      const left = Effect.timeoutOption(patient, "1 second")
      yield* inVirtualTime(Effect.replicateEffect(left, 5))
      expect(yield* retried(2)).toBe(1)
    }).pipe(Effect.provide(Script.layer([overloaded], { retryBudget: few })))
  )

  it.effect("come back when the retry finds its call's time over", () =>
    Effect.gen(function* () {
      const late = CheapAi.withTimeouts({ total: "2 minutes" })(patient)
      yield* late.pipe(Effect.replicateEffect(2), inVirtualTime, oversleeping({ 60000: 100_000 }))
      expect(yield* retried(2)).toBe(1)
    }).pipe(Effect.provide(Script.layer([overloaded], { retryBudget: few })))
  )

  it.effect("come back when the limiter has no turn for the retry", () =>
    Effect.gen(function* () {
      const hurried = CheapAi.withTimeouts({ total: "30 seconds" })(CheapAi.withRetryPolicy(atOnce)(call))
      yield* Effect.replicateEffect(hurried, 2)
      yield* TestClock.adjust("1 minute")
      expect(yield* sentAt).toHaveLength(1)
      const fiber = yield* Effect.fork(retried(1))
      yield* TestClock.adjust("10 minutes")
      expect(yield* Fiber.join(fiber)).toBe(1)
    }).pipe(
      Effect.provide(
        Script.layer([Script.reply(429, "slow down", { headers: { "retry-after": "40" } })], {
          retryBudget: few,
          limiter: {}
        })
      )
    )
  )

  it.effect.each([
    ["tokens", { tokens: -1 }],
    ["tokens", { tokens: Number.NaN }],
    ["perSuccess", { perSuccess: -0.1 }],
    ["refillEvery", { refillEvery: 0 }]
  ] as const)("can't be told a wrong %s", ([name, options]) =>
    Effect.gen(function* () {
      expect(String(yield* Effect.flip(RetryBudget.make(options)))).toContain(name)
      const error = yield* Effect.flip(Effect.provide(call, Script.layer([], { retryBudget: options })))
      expect(error._tag).toBe("ConfigError")
    })
  )
})
