/** Many clients don't come back in step. */
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import { ServiceUnavailableError } from "@effect-cheapai/core/CheapAiError"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Script from "@effect-cheapai/testing/Script"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Random from "effect/Random"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as Intervals from "effect/ScheduleIntervals"
import { sentAt, submit } from "./calls.js"

/** The greatest distance between the draws' distribution and the uniform one on 0 to 1. */
const distanceFromUniform = (draws: ReadonlyArray<number>): number =>
  draws
    .toSorted((a, b) => a - b)
    .reduce((most, draw, index) => {
      return Math.max(most, draw - index / draws.length, (index + 1) / draws.length - draw)
    }, 0)

/** Kolmogorov and Smirnov's limit for p = 0.01. */
const limit = (count: number): number => 1.628 / Math.sqrt(count)

const draws = 10_000

const asksFor = (seconds: number) =>
  new ServiceUnavailableError({ message: "Overloaded", retryAfter: Duration.seconds(seconds) })

/** The first delay of the policy, in milliseconds, before timers round it. */
const firstDelay = (error: ServiceUnavailableError) =>
  Effect.map(RetryPolicy.standard.step(0, error, RetryPolicy.standard.initial), ([, , decision]) =>
    ScheduleDecision.isContinue(decision) ? Intervals.start(decision.intervals) : Number.NaN
  )

describe("standard", { timeout: 60_000 }, () => {
  it.effect("draws its first delay evenly from 0 to 1 second", () =>
    Effect.gen(function* () {
      const error = new ServiceUnavailableError({ message: "Overloaded" })
      const seen = yield* Effect.replicateEffect(firstDelay(error), draws)
      const parts = seen.map((millis) => millis / 1000)
      expect(distanceFromUniform(parts)).toBeLessThan(limit(draws))
      expect(distanceFromUniform(parts.map((part) => part ** 1.1))).toBeGreaterThan(limit(draws))
    }).pipe(Effect.withRandom(Random.make("first delay")))
  )

  it.effect.each([2, 60])(
    "gives 1,000 clients told Retry-After: %s as many different delays, none shorter",
    (seconds) =>
      Effect.gen(function* () {
        const delays = yield* Effect.replicateEffect(firstDelay(asksFor(seconds)), 1000)
        expect(new Set(delays).size).toBe(1000)
        expect(Math.min(...delays)).toBeGreaterThanOrEqual(seconds * 1000)
      }).pipe(Effect.withRandom(Random.make("come back")))
  )

  it.live("and brings them back spread over a second, as finely as timers are, none early", () =>
    Effect.gen(function* () {
      const busy = Script.reply(503, "busy", { headers: { "retry-after": "2" } })
      const client = Effect.zipRight(Account.credits, sentAt).pipe(
        Effect.provide(Script.layer([busy, Script.reply(200, { credits: 1 })]))
      )
      const clients = Effect.forEach(Array.from({ length: 1000 }), () => client, { concurrency: "unbounded" })
      const times = yield* Effect.provide(clients, VirtualTime.layer())
      const back = times.map(([first = 0, second = 0]) => second - first - 2000)
      expect(Math.min(...back)).toBeGreaterThanOrEqual(0)
      expect(distanceFromUniform(back.map((millis) => millis / 1000))).toBeLessThan(limit(1000))
      expect(new Set(back).size).toBeGreaterThan(600)
    }).pipe(Effect.withRandom(Random.make("come back")))
  )

  it.effect("does not wait for a Retry-After of 120 seconds: it fails at once and says so", () =>
    Effect.gen(function* () {
      const now = Effect.clockWith((clock) => clock.currentTimeMillis)
      const begun = yield* now
      const error = Either.getOrThrow(Either.flip(yield* Effect.either(submit)))
      expect((yield* now) - begun).toBe(0)
      expect(error).toMatchObject({ _tag: "RateLimitedError", stopped: "retry-after-too-long" })
      expect(error).toHaveProperty("retryAfter", Duration.seconds(120))
      expect((yield* sentAt).length).toBe(1)
    }).pipe(Effect.provide(Script.layer([Script.reply(429, "busy", { headers: { "retry-after": "120" } })])))
  )
})
