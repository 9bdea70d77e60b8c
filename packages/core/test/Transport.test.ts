import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Multipart from "@effect-cheapai/core/Multipart"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { created, submit } from "./calls.js"

const plain: Transport.Adapter = {
  evidence: "unknown",
  codeOf: () => "unknown",
  headers: {},
  makeBody: Multipart.toBlob
}

type Answer = Parameters<typeof HttpClient.make>[0]

const over = (answer: Answer, adapter: Partial<Transport.Adapter> = {}) =>
  CheapAi.layer({ apiKey: Redacted.make("sk_test"), baseUrl: "https://own.example.com" }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, HttpClient.make(answer))),
    Layer.provide(Layer.succeed(Transport.Transport, { ...plain, ...adapter }))
  )

const accept: Answer = (request) => Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(created)))

/** A 429 whose `Retry-After` the platform may have kept. */
const hiding =
  (status: number): Answer =>
  (request) =>
    Effect.map(Transport.CurrentRequest, (inFlight) => {
      inFlight.headersHidden = true
      return HttpClientResponse.fromWeb(
        request,
        Response.json({ success: false, error: "Too many requests" }, { status })
      )
    })

describe("a client that may not see the headers of a reply", () => {
  const failed = (status: number) =>
    submit.pipe(CheapAi.withRetryPolicy(RetryPolicy.none), Effect.flip, Effect.provide(over(hiding(status))))

  it.effect("has it on the error, and in its explanation", () =>
    Effect.gen(function* () {
      const error = yield* failed(429)
      expect(error).toMatchObject({ _tag: "RateLimitedError", headersHidden: true })
      expect(CheapAiError.explain(error)).toContain("Headers of the reply were hidden")
    })
  )

  it.effect("is not told of a wait where waiting would not help", () =>
    Effect.gen(function* () {
      const error = yield* failed(402)
      expect(error).toMatchObject({ headersHidden: true })
      expect(CheapAiError.explain(error)).not.toContain("hidden")
    })
  )
})

it.effect("a failure without a name is told in the adapter's words", () =>
  Effect.gen(function* () {
    const fail: Answer = (request) => Effect.fail(new RequestError({ request, reason: "Transport" }))
    const told = over(fail, { sentenceOf: () => "This platform tells nothing." })
    const once = submit.pipe(CheapAi.withRetryPolicy(RetryPolicy.none), Effect.flip)
    expect((yield* Effect.provide(once, told)).message).toBe("This platform tells nothing.")
    expect((yield* Effect.provide(once, over(fail))).message).toContain("does not say how")
  })
)

describe("a platform that has to be waited for", () => {
  const patient = CheapAi.withTimeouts({ attempt: "1 second", total: "1 minute" })

  it.effect("has the time of the call, and an attempt's time begins after it", () =>
    Effect.gen(function* () {
      const ready = Effect.sleep("59 seconds")
      const fiber = yield* submit.pipe(
        patient,
        CheapAi.tapAttempt(({ took }) => Effect.sync(() => expect(Duration.toMillis(took)).toBe(0))),
        Effect.provide(over(accept, { ready })),
        Effect.fork
      )
      yield* TestClock.adjust("59 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ id: "t-1" })
    })
  )

  it.effect("that is never ready has had nothing of the request when the call's time is over", () =>
    Effect.gen(function* () {
      const fiber = yield* submit.pipe(
        patient,
        Effect.flip,
        Effect.provide(over(accept, { ready: Effect.never })),
        Effect.fork
      )
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent" })
    })
  )

  it.effect("is left at once by an interruption, which sends nothing", () =>
    Effect.gen(function* () {
      const left = yield* Deferred.make<void>()
      const waiting = yield* Deferred.make<void>()
      const ready = Effect.zipRight(Deferred.succeed(waiting, undefined), Effect.never).pipe(
        Effect.onInterrupt(() => Deferred.succeed(left, undefined))
      )
      const sends: Answer = () => Effect.dieMessage("It was sent")
      const fiber = yield* Effect.fork(Effect.provide(submit, over(sends, { ready })))
      yield* Deferred.await(waiting)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(left)
    })
  )

  it.effect("can prove what it could before, once it is ready", () =>
    Effect.gen(function* () {
      const fail: Answer = (request) => Effect.fail(new RequestError({ request, reason: "Transport" }))
      const error = yield* submit.pipe(Effect.flip, Effect.provide(over(fail, { ready: Effect.void })))
      expect(error).toMatchObject({ outcome: "unknown", stopped: "once-unknown" })
    })
  )
})
