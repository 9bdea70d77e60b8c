import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Limiter from "@effect-cheapai/core/Limiter"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as Script from "@effect-cheapai/testing/Script"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { created, inVirtualTime, sentAt } from "./calls.js"
import { oversleeping, setBack } from "./clocks.js"

const ok = (after: Duration.DurationInput = 0) => Script.reply(200, created, { after })
const busy = (headers: Readonly<Record<string, string>> = { "retry-after": "5" }, after: Duration.DurationInput = 0) =>
  Script.reply(429, { success: false, error: "Too many requests" }, { headers, after })

const generate = (number: number) => Music.generate({ model: "music-2.5", idea: `song ${number}`, instrumental: true })

const song = (number: number) => Effect.either(CheapAi.withRetryPolicy(RetryPolicy.none)(generate(number)))

const numbersSent = Effect.flatMap(Script.Recorder, (recorder) =>
  Effect.map(recorder.sent, (sent) => sent.map(({ body }) => Number(/song (\d+)/.exec(body)?.[1])))
)

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

const with_ = (limiter: Limiter.Options, ...steps: ReadonlyArray<Script.Step>) =>
  Effect.provide(Script.layer(steps, { limiter }))

describe("after one 429", () => {
  it.effect("nothing of 50 fibers leaves before its time, then one after the other as they came", () =>
    Effect.gen(function* () {
      yield* song(0)
      const fiber = yield* Effect.fork(Effect.forEach(range(50), song, { concurrency: 50 }))
      yield* TestClock.adjust("4999 millis")
      expect(yield* numbersSent).toEqual([0])
      yield* TestClock.adjust("1 millis")
      expect(yield* numbersSent).toEqual([0, 1])
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(fiber)).every(Either.isRight)).toBe(true)
      expect(yield* numbersSent).toEqual([0, ...range(50)])
      const at = yield* sentAt
      expect(new Set(at).size).toBe(51)
    }).pipe(with_({}, busy(), ok()))
  )

  it.effect("of many under way at once, those that wait hear of it", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.forEach(range(6), song, { concurrency: 6 }))
      yield* TestClock.adjust("4 seconds")
      expect(yield* numbersSent).toEqual([1, 2])
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect((yield* sentAt)[2]).toBe(5000)
    }).pipe(with_({ inFlight: 2 }, busy(), ok("1 second"), ok()))
  )

  it.effect.each([
    ["a second when it names no time", {}, 1000],
    ["as long as it names", { "retry-after": "600" }, 600_000],
    ["an hour at most", { "retry-after": "86400" }, 3_600_000]
  ] as const)("waits %s", ([, headers, until]) =>
    Effect.gen(function* () {
      yield* song(0)
      const fiber = yield* Effect.fork(CheapAi.withTimeouts({ total: "1 day" })(song(1)))
      yield* TestClock.adjust("1 day")
      yield* Fiber.join(fiber)
      expect(yield* sentAt).toEqual([0, until])
    }).pipe(with_({}, busy(headers), ok()))
  )

  it.effect("a second 429 that asks for a longer wait is heard by who waits already", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.forEach(range(3), song, { concurrency: 3 }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* sentAt).toEqual([0, 0, 11_000])
    }).pipe(with_({ inFlight: 2 }, busy(), busy({ "retry-after": "10" }, "1 second"), ok()))
  )

  it.effect("one that asks for a shorter wait leaves the longer one as it is", () =>
    Effect.gen(function* () {
      yield* Effect.fork(Effect.forEach(range(2), song, { concurrency: 2 }))
      yield* TestClock.adjust("3 seconds")
      const fiber = yield* Effect.fork(song(3))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* sentAt).toEqual([0, 0, 5000])
    }).pipe(with_({}, busy(), busy({ "retry-after": "1" }, "1 second"), ok()))
  )

  it.effect("a second 429 that asks it for more time than it has ends it when it hears of it", () =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(range(3), (number) => Effect.fork(song(number)))
      yield* TestClock.adjust("6 seconds")
      const ends = yield* Effect.forEach(all, Fiber.poll)
      expect(ends.every(Option.isSome)).toBe(true)
      expect(yield* numbersSent).toEqual([1, 2])
    }).pipe(with_({ inFlight: 2 }, busy(), busy({ "retry-after": "600" }, "1 second"), ok()))
  )

  it.effect("a call without so much time fails at once, and nothing of it was sent", () =>
    Effect.gen(function* () {
      yield* song(0)
      const end = yield* CheapAi.withTimeouts({ total: "4 seconds" })(song(1))
      expect(Either.getOrThrow(Either.flip(end))).toMatchObject({
        _tag: "TimeoutError",
        phase: "total",
        outcome: "not-sent",
        stopped: "deadline",
        attempts: []
      })
      expect(yield* numbersSent).toEqual([0])
    }).pipe(with_({}, busy(), ok()))
  )

  it.effect("nor when its turn came later than was asked", () =>
    Effect.gen(function* () {
      yield* song(0)
      const end = yield* song(1).pipe(
        CheapAi.withTimeouts({ total: "8 seconds" }),
        inVirtualTime,
        oversleeping({ 5000: 10_000, 8000: 20_000 })
      )
      expect(Either.getOrThrow(Either.flip(end))).toMatchObject({ outcome: "not-sent", stopped: "deadline" })
      expect(yield* numbersSent).toEqual([0])
    }).pipe(with_({}, busy(), ok()))
  )

  it.effect("a retry that gets no turn fails with the service's own error, and counts what was sent", () =>
    Effect.gen(function* () {
      const error = yield* generate(1).pipe(
        CheapAi.withRetryPolicy(Schedule.recurs(3)),
        CheapAi.withTimeouts({ total: "4 seconds" }),
        Effect.flip
      )
      expect(error).toMatchObject({ _tag: "RateLimitedError", stopped: "deadline", outcome: "rejected" })
      expect(CheapAiError.explain(error)).toContain("The client made 1 request (429).")
      expect(yield* numbersSent).toEqual([1])
    }).pipe(with_({}, busy(), ok()))
  )

  it.effect("nor does it wait for those in line before it", () =>
    Effect.gen(function* () {
      yield* song(0)
      const first = yield* Effect.fork(song(1))
      yield* TestClock.adjust("1 second")
      const end = yield* CheapAi.withTimeouts({ total: "3 seconds" })(song(2))
      expect(Either.getOrThrow(Either.flip(end))).toMatchObject({ outcome: "not-sent", stopped: "deadline" })
      yield* Fiber.interrupt(first)
    }).pipe(with_({}, busy(), ok()))
  )

  it.effect("a daily limit holds nobody back", () =>
    Effect.gen(function* () {
      yield* song(0)
      yield* song(1)
      expect(yield* sentAt).toEqual([0, 0])
    }).pipe(
      with_({}, Script.reply(429, { success: false, error: "Daily limit" }, { headers: { "retry-after": "9" } }), ok())
    )
  )

  it.effect("polls keep their own pace", () =>
    Effect.gen(function* () {
      yield* song(0)
      const fiber = yield* Effect.fork(Task.await(Task.fromId(Music.Generate, "t-1")))
      yield* TestClock.adjust("2 seconds")
      expect((yield* sentAt).length).toBe(2)
      yield* Fiber.interrupt(fiber)
    }).pipe(with_({}, busy({ "retry-after": "60" }), Script.reply(200, { status: "doing" })))
  )
})

describe("requests under way", () => {
  it.effect("are no more than was said, and the record says what the rest waited for", () =>
    Effect.gen(function* () {
      const waits: Array<readonly [number, string | undefined]> = []
      const songs = Effect.forEach(range(6), song, { concurrency: 6 }).pipe(
        CheapAi.tapAttempt(({ waited, waitedFor }) =>
          Effect.sync(() => waits.push([Duration.toMillis(waited), waitedFor]))
        )
      )
      const fiber = yield* Effect.fork(songs)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* sentAt).toEqual([0, 0, 1000, 1000, 2000, 2000])
      expect(yield* numbersSent).toEqual(range(6))
      expect(waits).toEqual([
        [0, undefined],
        [0, undefined],
        [1000, "limiter"],
        [1000, "limiter"],
        [2000, "limiter"],
        [2000, "limiter"]
      ])
    }).pipe(with_({ inFlight: 2 }, ok("1 second")))
  )

  it.effect("begin as far apart as was said", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.forEach(range(4), song, { concurrency: 4 }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(yield* sentAt).toEqual([0, 250, 500, 750])
    }).pipe(with_({ spacing: "250 millis" }, ok()))
  )

  it.effect("do so though the wall clock is set back", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.forEach(range(3), song, { concurrency: 3 }))
      yield* TestClock.adjust("500 millis")
      expect(yield* numbersSent).toHaveLength(3)
      yield* Fiber.join(fiber)
    }).pipe(setBack, with_({ spacing: "250 millis" }, ok()))
  )

  it.effect("fail at once when those before them leave them no turn in their time", () =>
    Effect.gen(function* () {
      let failed = 0
      const count = (end: Either.Either<unknown, unknown>) =>
        Effect.sync(() => {
          if (Either.isLeft(end)) failed++
        })
      const songs = Effect.forEach(range(50), (number) => Effect.tap(song(number), count), { concurrency: 50 })
      const fiber = yield* Effect.fork(songs)
      yield* TestClock.adjust("1 second")
      expect(failed).toBe(20)
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
      expect(failed).toBe(20)
      expect(yield* numbersSent).toEqual(range(30))
    }).pipe(with_({ spacing: "10 seconds" }, ok()))
  )

  it.effect("don't count on turns of those before them who will have gone by then", () =>
    Effect.gen(function* () {
      const within = (total: Duration.DurationInput, number: number) => CheapAi.withTimeouts({ total })(song(number))
      yield* Effect.fork(song(0))
      yield* TestClock.adjust("100 millis")
      yield* Effect.fork(
        Effect.forEach(range(60), (number) => within("30 seconds", number), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("100 millis")
      const last = yield* Effect.fork(within("1 minute", 61))
      yield* TestClock.adjust("2 minutes")
      expect(yield* Fiber.join(last)).toMatchObject({ _tag: "Right" })
      expect(yield* numbersSent).toEqual([0, 61])
    }).pipe(with_({ inFlight: 1, spacing: "1 second" }, ok("50 seconds"), ok()))
  )

  it.effect("one whose caller has gone keeps its place until it ends", () =>
    Effect.gen(function* () {
      const first = yield* Effect.fork(song(1))
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(first)
      const second = yield* Effect.fork(song(2))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(second)
      expect(yield* sentAt).toEqual([0, 1000])
    }).pipe(with_({ inFlight: 1 }, ok("1 second")))
  )

  it.effect("who leaves the line, wherever it stands, was not sent and holds up nobody", () =>
    Effect.gen(function* () {
      const fibers = yield* Effect.forEach(range(9), (number) => Effect.fork(song(number)))
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interruptAll([1, 4, 3, 8].flatMap((index) => fibers[index] ?? []))
      yield* TestClock.adjust("1 minute")
      expect(yield* numbersSent).toEqual([1, 3, 6, 7, 8])
      expect(yield* sentAt).toEqual([0, 1000, 2000, 3000, 4000])
    }).pipe(with_({ inFlight: 1 }, ok("1 second")))
  )

  it.effect("a call whose time ends in the line was not sent", () =>
    Effect.gen(function* () {
      const first = yield* Effect.fork(song(1))
      const second = yield* Effect.fork(CheapAi.withTimeouts({ total: "10 seconds" })(song(2)))
      yield* TestClock.adjust("1 minute")
      const end = yield* Fiber.join(second)
      expect(Either.getOrThrow(Either.flip(end))).toMatchObject({ outcome: "not-sent", stopped: "deadline" })
      expect(yield* numbersSent).toEqual([1])
      yield* Fiber.interrupt(first)
    }).pipe(with_({ inFlight: 1 }, ok("50 seconds")))
  )
})

/** A client that can't tell whether a request left, as over a plain fetch. */
const unproven = (sent: Array<string>) =>
  CheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), limiter: { inFlight: 1 } }).pipe(
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.sync(() => sent.push(request.url)).pipe(
            Effect.zipRight(Effect.sleep("1 second")),
            Effect.as(HttpClientResponse.fromWeb(request, Response.json(created)))
          )
        )
      )
    )
  )

describe("over a client that proves nothing", () => {
  it.effect(
    "a call that waits has not been sent: who leaves then, or runs out of time, is known to have paid nothing",
    () => {
      const sent: Array<string> = []
      return Effect.gen(function* () {
        const first = yield* Effect.fork(song(1))
        const second = yield* Effect.fork(song(2))
        const third = yield* Effect.fork(CheapAi.withTimeouts({ total: "500 millis" })(song(3)))
        yield* TestClock.adjust("100 millis")
        yield* Fiber.interrupt(second)
        yield* TestClock.adjust("1 minute")
        expect(Either.isRight(yield* Fiber.join(first))).toBe(true)
        expect(Either.getOrThrow(Either.flip(yield* Fiber.join(third)))).toMatchObject({ outcome: "not-sent" })
        expect(sent).toHaveLength(1)
      }).pipe(Effect.provide(unproven(sent)))
    }
  )
})

describe("over a client that proves nothing, after its turn", () => {
  it.effect("a submit that runs out of time may have been paid, and is not sent again", () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      const late = CheapAi.withTimeouts({ attempt: "500 millis" })(generate(1))
      const error = yield* inVirtualTime(Effect.flip(CheapAi.withRetryPolicy(Schedule.recurs(3))(late)))
      expect(error).toMatchObject({ _tag: "TimeoutError", outcome: "unknown", stopped: "once-unknown" })
      expect(sent).toHaveLength(1)
    }).pipe(Effect.provide(unproven(sent)))
  })
})

describe("a limiter", () => {
  it.effect.each([
    ["inFlight", { inFlight: 0 }],
    ["inFlight", { inFlight: Number.NaN }],
    ["spacing", { spacing: Duration.infinity }]
  ] as const)("can't be told a wrong %s", ([name, options]) =>
    Effect.gen(function* () {
      expect(String(yield* Effect.flip(Limiter.make(options)))).toContain(name)
      const error = yield* Effect.flip(Effect.provide(CheapAi.CheapAi, Script.layer([], { limiter: options })))
      expect(error._tag).toBe("ConfigError")
    })
  )
})
