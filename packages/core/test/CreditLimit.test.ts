import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as CreditLimit from "@effect-cheapai/core/CreditLimit"
import * as Image from "@effect-cheapai/core/Image"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { created, inVirtualTime, sentAt, submit } from "./calls.js"

const ok = Script.reply(200, created, { after: "1 second" })
const refused = Script.reply(400, { success: false, error: "No" })
const failed = Script.reply(502, { success: false, error: "It failed" })
const requests = Effect.map(sentAt, (at) => at.length)

const spend = (credits: number) => CheapAi.withExpectedCredits(credits)(submit)

const once = CheapAi.withRetryPolicy(RetryPolicy.none)

describe("under a limit of 100 credits", () => {
  it.effect("of 100 parallel fibers of 7 exactly 14 submits leave", () =>
    Effect.gen(function* () {
      const all = Effect.replicateEffect(Effect.either(spend(7)), 100).pipe(
        Effect.withConcurrency(100),
        CheapAi.withCreditLimit({ credits: 100 })
      )
      const ends = yield* inVirtualTime(all)
      expect(yield* requests).toBe(14)
      const errors = ends.flatMap((end) => (Either.isLeft(end) ? [end.left] : []))
      expect(errors.length).toBe(86)
      for (const error of errors) {
        expect(error).toMatchObject({
          _tag: "CreditLimitError",
          outcome: "not-sent",
          stopped: "credit-limit",
          attempts: [],
          limit: 100,
          booked: 98,
          asked: 7
        })
        expect(CheapAiError.explain(error)).toContain("no credits were spent")
      }
    }).pipe(Effect.provide(Script.layer([ok])))
  )

  it.effect("a submit that declares nothing, or nonsense, is refused; a read is not", () =>
    Effect.gen(function* () {
      const limited = CheapAi.withCreditLimit({ credits: 100 })
      expect(yield* Effect.flip(limited(submit))).toMatchObject({ _tag: "CreditLimitError", asked: undefined })
      for (const nonsense of [-1, Number.NaN, 101, Number.POSITIVE_INFINITY]) {
        expect((yield* Effect.flip(limited(spend(nonsense))))._tag).toBe("CreditLimitError")
      }
      const noLimit = CheapAi.withCreditLimit({ credits: Number.NaN })
      expect((yield* Effect.flip(noLimit(spend(1))))._tag).toBe("CreditLimitError")
      expect(yield* requests).toBe(0)
      expect(yield* limited(Account.credits)).toBe(1)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, { success: true, credits: 1 })])))
  )

  it.effect.each([
    ["a refusal", refused, 0],
    ["a refused connection", Script.fails("refused"), 0],
    ["a failure of the service", failed, 40],
    ["a lost reply", Script.fails("reset"), 40],
    ["an unreadable reply", Script.reply(200, "<html>"), 40]
  ] as const)("%s leaves %s booked", ([, step, booked]) =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      yield* Effect.either(spend(40)).pipe(CheapAi.withCreditLimit(limit), once, inVirtualTime)
      expect(limit.booked).toBe(booked)
    }).pipe(Effect.provide(Script.layer([step])))
  )

  it.effect("a request whose caller has gone stays booked until it ends", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const fiber = yield* Effect.fork(CheapAi.withCreditLimit(limit)(spend(40)))
      yield* TestClock.adjust("10 millis")
      yield* Fiber.interrupt(fiber)
      expect(limit.booked).toBe(40)
      yield* TestClock.adjust("1 minute")
      expect(limit.booked).toBe(0)
    }).pipe(Effect.provide(Script.layer([Script.reply(400, "", { after: "1 second" })])))
  )

  it.effect("a request whose caller leaves the limiter's line books nothing", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const first = yield* Effect.fork(submit)
      const second = yield* Effect.fork(CheapAi.withCreditLimit(limit)(spend(40)))
      yield* TestClock.adjust("10 millis")
      expect(limit.booked).toBe(40)
      yield* Fiber.interrupt(second)
      yield* TestClock.adjust("1 minute")
      expect(limit.booked).toBe(0)
      yield* Fiber.join(first)
      expect(yield* requests).toBe(1)
    }).pipe(Effect.provide(Script.layer([ok], { limiter: { inFlight: 1 } })))
  )

  it.effect("a request that the end of its client cut short stays booked", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const scope = yield* Scope.make()
      const client = yield* Layer.buildWithScope(Script.layer([Script.never()]), scope)
      const fiber = yield* Effect.fork(spend(40).pipe(CheapAi.withCreditLimit(limit), Effect.provide(client)))
      yield* TestClock.adjust("10 millis")
      yield* Scope.close(scope, Exit.void)
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true)
      expect(limit.booked).toBe(40)
    })
  )

  it.effect("each try that may be charged counts, and the last real error is told when no further one is allowed", () =>
    Effect.gen(function* () {
      const retried = CheapAi.withRetryPolicy(Schedule.recurs(5))(spend(40))
      const error = yield* retried.pipe(CheapAi.withCreditLimit({ credits: 100 }), Effect.flip, inVirtualTime)
      expect(error).toMatchObject({ _tag: "ProcessingError", stopped: "credit-limit", outcome: "failed" })
      expect(error.attempts.length).toBe(2)
      expect(yield* requests).toBe(2)
    }).pipe(Effect.provide(Script.layer([failed])))
  )

  it.effect("nobody waits for a try that will not be allowed", () =>
    Effect.gen(function* () {
      const patient = CheapAi.withRetryPolicy(Schedule.spaced("1 minute"))(spend(60))
      expect(yield* patient.pipe(CheapAi.withCreditLimit({ credits: 100 }), Effect.flip)).toMatchObject({
        stopped: "credit-limit"
      })
    }).pipe(Effect.provide(Script.layer([failed])))
  )

  it.effect("what a task did cost takes the place of what was expected, also when it failed", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const waited = Effect.flatMap(spend(40), Task.await).pipe(Effect.either, CheapAi.withCreditLimit(limit))
      yield* inVirtualTime(waited)
      expect(limit.booked).toBe(31)
      yield* inVirtualTime(waited)
      expect(limit.booked).toBe(36)
      yield* CheapAi.withCreditLimit(limit)(Effect.either(spend(65)))
      expect(yield* requests).toBe(4)
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { status: "done", credit_cost: 31, metadata: { audio_url: ["https://files.test/a.mp3"] } }),
          Script.reply(200, { ...created, task_id: "t-2" }),
          Script.reply(200, { status: "error", credit_cost: 5, error_message: "It failed" })
        ])
      )
    )
  )

  const audio = { audio_url: ["https://files.test/a.mp3"] }

  it.effect.each([
    ["what it cost is known though its result can't be read", '{"status":"done","credit_cost":90,"metadata":7}', 90],
    ["a cost below nothing is none", { status: "done", credit_cost: -500, metadata: audio }, 40],
    ["an endless cost is none", `{"status":"done","credit_cost":1e999,"metadata":${JSON.stringify(audio)}}`, 40],
    ["while it runs its cost is not final", { status: "doing", credit_cost: 7 }, 40]
  ] as const)("of a task, %s", ([, end, booked]) =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      yield* inVirtualTime(Effect.either(Effect.flatMap(spend(40), Task.await)).pipe(CheapAi.withCreditLimit(limit)))
      expect(limit.booked).toBe(booked)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(200, end)])))
  )

  it.effect("a task that is awaited by its own onSubmitted books what it did cost", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const await_ = (stored: Task.Stored) => Effect.either(Task.await(Task.fromId(Music.Generate, stored.id)))
      yield* spend(40).pipe(CheapAi.onSubmitted(await_), CheapAi.withCreditLimit(limit), inVirtualTime)
      expect(limit.booked).toBe(31)
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { status: "done", credit_cost: 31, metadata: audio })
        ])
      )
    )
  )

  it.effect("the same limit, set twice, books once", () =>
    Effect.gen(function* () {
      const limit = yield* CreditLimit.make({ credits: 100 })
      const limited = CheapAi.withCreditLimit(limit)
      yield* inVirtualTime(limited(limited(spend(40))))
      expect(limit.booked).toBe(40)
    }).pipe(Effect.provide(Script.layer([ok])))
  )

  it.effect("three tenths allow three times a tenth, and no more", () =>
    Effect.gen(function* () {
      const all = Effect.replicateEffect(Effect.either(spend(0.1)), 4)
      const ends = yield* inVirtualTime(CheapAi.withCreditLimit({ credits: 0.3 })(all))
      expect(ends.map(Either.isRight)).toEqual([true, true, true, false])
    }).pipe(Effect.provide(Script.layer([ok])))
  )

  it.effect("a limit inside of a limit holds, and so does the outer one", () =>
    Effect.gen(function* () {
      const outer = yield* CreditLimit.make({ credits: 50 })
      const inner = CheapAi.withCreditLimit({ credits: 30 })
      const both = (effect: typeof submit) => Effect.either(CheapAi.withCreditLimit(outer)(inner(effect)))
      const ends = yield* inVirtualTime(Effect.forEach([31, 25, 26], (credits) => both(spend(credits))))
      expect(ends.map(Either.isRight)).toEqual([false, true, false])
      expect(outer.booked).toBe(25)
    }).pipe(Effect.provide(Script.layer([ok])))
  )
})

describe("an image", () => {
  it.effect("can ask for its price", () =>
    Effect.gen(function* () {
      const input: Image.GenerateInput = { prompt: "a boat", modelId: "imagen", generationsCount: 2 }
      const image = Effect.flatMap(Image.priceOf(input), (credits) =>
        CheapAi.withExpectedCredits(credits)(Image.generate(input))
      )
      const error = yield* Effect.flip(CheapAi.withCreditLimit({ credits: 1000 })(image))
      expect(error).toMatchObject({ _tag: "CreditLimitError", asked: 1188 })
      const [sent] = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(JSON.parse(sent?.body ?? "")).toEqual({ model_id: "imagen", generations_count: 2, assets: 0 })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, { success: true, credits: 1188 })])))
  )
})
