import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Script from "@effect-cheapai/testing/Script"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { created, idea, inVirtualTime, sentAt, submit } from "./calls.js"

const overloaded = Script.reply(503, { success: false, error: "Overloaded" })
const failed = Script.reply(500, { success: false, error: "It broke" })

/** When requests went out, from the first one on, and how the call ended. */
const run = (
  effect: Effect.Effect<unknown, CheapAiError.CallError, CheapAi.CheapAi>,
  steps: ReadonlyArray<Script.Step>,
  policy: RetryPolicy.AnyPolicy
) =>
  effect.pipe(
    CheapAi.withRetryPolicy(policy),
    Effect.either,
    inVirtualTime,
    Effect.flatMap((end) =>
      Effect.map(sentAt, (at) => ({
        at: at.map((millis) => millis - (at[0] ?? 0)),
        end,
        error: end._tag === "Left" ? end.left : undefined
      }))
    ),
    Effect.provide(Script.layer(steps)),
    Effect.withRandom(Random.make("seed"))
  )

describe("standard", () => {
  it.effect("on a 503 makes 3 requests after exact, seeded, fully jittered delays", () =>
    Effect.gen(function* () {
      const random = Random.make("seed")
      const draw = Effect.withRandom(Random.next, random)
      const first = Math.ceil(1000 * (yield* draw))
      const second = Math.ceil(2000 * (yield* draw))
      const { at, error } = yield* run(submit, [overloaded], RetryPolicy.standard)
      expect(at).toEqual([0, first, first + second])
      expect(at).toEqual((yield* run(submit, [overloaded], RetryPolicy.standard)).at)
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", stopped: "tries-used", message: "Overloaded" })
      expect(error?.attempts.map(({ number, waitedFor }) => [number, waitedFor])).toEqual([
        [1, undefined],
        [2, "backoff"],
        [3, "backoff"]
      ])
    })
  )

  it.effect.each([400, 401, 402, 403, 404, 418])("on a %s makes one request and keeps the message", (status) =>
    Effect.gen(function* () {
      const refusal = Script.reply(status, { success: false, error: "The service's own words" })
      const { at, error } = yield* run(submit, [refusal], RetryPolicy.standard)
      expect(at).toEqual([0])
      expect(error).toMatchObject({ status, message: "The service's own words", stopped: "not-transient" })
    })
  )

  it.effect("does not wait for a daily limit to pass", () =>
    Effect.gen(function* () {
      const capped = Script.reply(429, { success: false, error: "Daily spend limit reached" })
      const { at, error } = yield* run(submit, [capped], RetryPolicy.standard)
      expect(at).toEqual([0])
      expect(error).toMatchObject({ reason: "daily-limit", stopped: "not-transient" })
    })
  )

  it.effect("waits for Retry-After and its own back-off on top, never less", () =>
    Effect.gen(function* () {
      const busy = Script.reply(
        429,
        { success: false, error: "Too many requests" },
        { headers: { "retry-after": "7" } }
      )
      const { at, end } = yield* run(submit, [busy, Script.reply(200, created)], RetryPolicy.standard)
      expect(end._tag).toBe("Right")
      expect(at[1]).toBeGreaterThanOrEqual(7000)
      expect(at[1]).toBeLessThanOrEqual(8000)
    })
  )

  it.effect.each([
    [60, 2],
    [61, 1]
  ] as const)("a Retry-After of %s seconds, at the ceiling or past it, makes %s requests", ([seconds, requests]) =>
    Effect.gen(function* () {
      const busy = Script.reply(503, "busy", { headers: { "retry-after": String(seconds) } })
      const { at } = yield* run(submit, [busy, Script.reply(200, created)], RetryPolicy.standard)
      expect(at).toHaveLength(requests)
    })
  )

  it.effect("a try that fails for good ends the call for that reason, whatever the tries before it met", () =>
    Effect.gen(function* () {
      const { at, error } = yield* run(submit, [overloaded, Script.reply(401, "no")], RetryPolicy.standard)
      expect(at).toHaveLength(2)
      expect(error).toMatchObject({ _tag: "UnauthorizedError", stopped: "not-transient" })
    })
  )

  it.effect("the service's words decide, not the caller's own that it quotes", () =>
    Effect.gen(function* () {
      const quoting = Script.reply(429, { success: false, error: `Too many requests for '${idea} on a daily budget'` })
      const daily = Music.generate({ model: "music-2.5", idea: `${idea} on a daily budget` })
      const { at, error } = yield* run(daily, [quoting], RetryPolicy.standard)
      expect(at).toHaveLength(3)
      expect(error).toMatchObject({ reason: "pace", message: "Too many requests for '…'" })
    })
  )

  it.effect("a kind such as daily_spend_limit is read as words", () =>
    Effect.gen(function* () {
      const capped = Script.reply(429, { error: { message: "Limit reached", type: "daily_spend_limit" } })
      expect((yield* run(submit, [capped], RetryPolicy.standard)).error).toMatchObject({ reason: "daily-limit" })
    })
  )

  it.effect("fails at once when Retry-After is longer than the ceiling", () =>
    Effect.gen(function* () {
      const busy = Script.reply(
        429,
        { success: false, error: "Too many requests" },
        { headers: { "retry-after": "120" } }
      )
      const { at, error } = yield* run(submit, [busy], RetryPolicy.standard)
      expect(at).toEqual([0])
      expect(error).toMatchObject({ stopped: "retry-after-too-long", retryAfter: Duration.seconds(120) })
    })
  )

  it.effect("a Retry-After that ended one call is not blamed for the end of the next", () =>
    Effect.gen(function* () {
      const busy = Script.reply(429, "slow down", { headers: { "retry-after": "120" } })
      const ends = yield* Effect.all([Effect.flip(submit), Effect.flip(submit)]).pipe(
        inVirtualTime,
        Effect.provide(Script.layer([busy, Script.reply(400, "no")]))
      )
      expect(ends.map((error) => error.stopped)).toEqual(["retry-after-too-long", "not-transient"])
    })
  )

  it.effect("sends a billed request again when the service says that it failed", () =>
    Effect.gen(function* () {
      expect((yield* run(submit, [failed, Script.reply(200, created)], RetryPolicy.standard)).at).toHaveLength(2)
    })
  )

  it.effect("after a failed and a refused try the error says that the call may have been carried out", () =>
    Effect.gen(function* () {
      const { error } = yield* run(submit, [failed, Script.reply(402, "no")], RetryPolicy.standard)
      expect(error).toMatchObject({ _tag: "InsufficientBalanceError", outcome: "failed" })
    })
  )
})

describe("payOnce", () => {
  it.effect("leaves a billed request that the service says has failed alone", () =>
    Effect.gen(function* () {
      const { at, error } = yield* run(submit, [failed], RetryPolicy.payOnce)
      expect(at).toEqual([0])
      expect(error).toMatchObject({ outcome: "failed", stopped: "once-unknown" })
    })
  )

  it.effect("retries what was rejected, and reads", () =>
    Effect.gen(function* () {
      const { at, error } = yield* run(submit, [overloaded], RetryPolicy.payOnce)
      expect(at).toHaveLength(3)
      expect(error).toMatchObject({ stopped: "tries-used" })
      expect((yield* run(Account.credits, [failed], RetryPolicy.payOnce)).at).toHaveLength(3)
    })
  )
})

describe("documented", () => {
  it.effect.each([429, 500, 502, 503])("on a %s sends at 0, 1 and 3 seconds", (status) =>
    Effect.gen(function* () {
      const reply = Script.reply(status, { success: false, error: "Daily limit" }, { headers: { "retry-after": "9" } })
      expect((yield* run(submit, [reply], RetryPolicy.documented)).at).toEqual([0, 1000, 3000])
    })
  )

  it.effect("sends a billed request again after a lost reply, as the page's samples do", () =>
    Effect.gen(function* () {
      const { at, error } = yield* run(submit, [Script.fails("reset")], RetryPolicy.documented)
      expect(at).toEqual([0, 1000, 3000])
      expect(error).toMatchObject({ outcome: "unknown", stopped: "tries-used" })
    })
  )

  it.effect.each([400, 401, 402, 403])("on a %s makes one request, unlike the samples", (status) =>
    Effect.gen(function* () {
      expect((yield* run(submit, [Script.reply(status, "no")], RetryPolicy.documented)).at).toEqual([0])
    })
  )
})

describe("a connection that is refused", () => {
  it.effect("is told as tries, of which none was a request", () =>
    Effect.gen(function* () {
      const { error } = yield* run(submit, [Script.fails("refused")], Schedule.recurs(2))
      expect(error === undefined ? "" : CheapAiError.explain(error)).toContain(
        "The client tried 3 times (refused, refused, refused)"
      )
    })
  )
})

describe("none", () => {
  it.effect("makes one request", () =>
    Effect.gen(function* () {
      expect((yield* run(Account.credits, [overloaded], RetryPolicy.none)).at).toEqual([0])
    })
  )
})

describe("a once request with an unknown outcome leaves only once", () => {
  const stubborn = Schedule.spaced("1 second").pipe(
    Schedule.intersect(Schedule.recurs(5)),
    Schedule.whileInput(CheapAiError.isStatus(502))
  )
  const page = Script.reply(502, "<html><title>502 Bad Gateway</title></html>")

  it.effect("under a user's Schedule that would retry it", () =>
    Effect.gen(function* () {
      const { at, error } = yield* run(submit, [page], stubborn)
      expect(at).toEqual([0])
      expect(error).toMatchObject({ outcome: "unknown", stopped: "once-unknown" })
    })
  )

  it.effect("under a user's Effect.retry while isRetryable", () =>
    Effect.gen(function* () {
      const retried = Effect.retry(submit, { while: (error) => error.isRetryable, times: 5 })
      expect((yield* run(retried, [page], RetryPolicy.standard)).at).toEqual([0])
      expect((yield* run(retried, [Script.fails("reset")], RetryPolicy.standard)).at).toEqual([0])
    })
  )

  it.effect("and the same Schedule does retry it once the rule is lifted, or for a read", () =>
    Effect.gen(function* () {
      expect((yield* run(submit, [page], RetryPolicy.resendUnknown(stubborn))).at).toHaveLength(6)
      expect((yield* run(Account.credits, [page], stubborn)).at).toHaveLength(6)
    })
  )
})

describe("honourRetryAfter", () => {
  it.effect("gives a user's Schedule its own ceiling", () =>
    Effect.gen(function* () {
      const patient = Schedule.exponential("500 millis").pipe(
        Schedule.intersect(Schedule.recurs(4)),
        Schedule.whileInput(CheapAiError.isStatus(429, 503)),
        RetryPolicy.honourRetryAfter({ atMost: "2 minutes" })
      )
      const busy = Script.reply(429, "slow down", { headers: { "retry-after": "100" } })
      const { at } = yield* run(submit, [busy, Script.reply(200, created)], patient)
      expect(at).toEqual([0, 100_500])
    })
  )
})
