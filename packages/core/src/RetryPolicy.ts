/**
 * When a failed call is sent again. A policy is an ordinary `Schedule` over the error: compose it with Effect's own
 * combinators. Whatever a policy says, the engine does not send a `once` request again whose outcome is unknown.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import { type CheapAiError, isStatus, isTransient, retryAfterOf } from "./CheapAiError.js"

/**
 * @since 0.1.0
 * @category models
 */
export type RetryPolicy<R = never> = Schedule.Schedule<unknown, CheapAiError, R>

/**
 * What is accepted wherever a policy is asked for.
 *
 * @since 0.1.0
 * @category models
 */
export type AnyPolicy<R = never> = RetryPolicy<R> | ResendUnknown<R>

/**
 * A policy that may send a `once` request again although it may have been carried out. No Schedule, so that none is
 * composed from it by accident.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResendUnknown<R = never> {
  readonly _tag: "ResendUnknown"
  readonly schedule: RetryPolicy<R>
}

/**
 * Allows a policy to pay twice: a billed request whose reply was lost is sent again. Each such request may be charged.
 *
 * @since 0.1.0
 * @category constructors
 */
export const resendUnknown = <R>(schedule: RetryPolicy<R>): ResendUnknown<R> => ({ _tag: "ResendUnknown", schedule })

/**
 * Each delay becomes a random part of itself, from nothing to the whole: many clients don't come back in step.
 *
 * @since 0.1.0
 * @category combinators
 */
export const fullJitter: <Out, In, R>(self: Schedule.Schedule<Out, In, R>) => Schedule.Schedule<Out, In, R> =
  Schedule.jitteredWith({ min: 0, max: 1 })

/**
 * Why one of our own schedules ended, where its error does not tell. Set within a fiber.
 *
 * @internal
 */
export const endedFor = globalValue("@effect-cheapai/core/endedFor", () =>
  FiberRef.unsafeMake<CheapAiError["stopped"]>(undefined)
)

const endsFor = (stopped: NonNullable<CheapAiError["stopped"]>, ends: (error: CheapAiError) => boolean) =>
  Schedule.whileInputEffect((error: CheapAiError) =>
    ends(error) ? Effect.as(FiberRef.set(endedFor, stopped), false) : Effect.succeed(true)
  )

/**
 * Waits as long as the service's `Retry-After` asks for, plus the schedule's own delay. A `Retry-After` longer than
 * `atMost` ends the schedule: better an error now than a silent sleep.
 *
 * @since 0.1.0
 * @category combinators
 */
export const honourRetryAfter =
  (options: { readonly atMost: Duration.DurationInput }) =>
  <Out, R>(self: Schedule.Schedule<Out, CheapAiError, R>): RetryPolicy<R> => {
    const atMost = Duration.decode(options.atMost)
    return Schedule.passthrough(self).pipe(
      Schedule.modifyDelay((error, delay) => Duration.sum(retryAfterOf(error), delay)),
      endsFor("retry-after-too-long", (error) => Duration.greaterThan(retryAfterOf(error), atMost))
    )
  }

const atMostTwice = Schedule.recurs(2)

/**
 * The default: at most 3 requests, back-off from 1 second, doubled, capped at 30 seconds, fully jittered, for 429 (the
 * daily limit excepted), 500, 502, 503 and network errors; never before `Retry-After`, of which 60 seconds are borne.
 * A `once` request is sent again only when the socket or the service said that it was not done, or failed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const standard: RetryPolicy = Schedule.exponential("1 second").pipe(
  Schedule.union(Schedule.spaced("30 seconds")),
  fullJitter,
  Schedule.intersect(atMostTwice),
  Schedule.whileInput(isTransient),
  honourRetryAfter({ atMost: "60 seconds" })
)

/**
 * `standard`, but only while the error is retryable: a billed request that the service says has failed is not sent
 * again. Never charged twice, unless a reply lies.
 *
 * @since 0.1.0
 * @category constructors
 */
export const payOnce: RetryPolicy = standard.pipe(endsFor("once-unknown", (error) => !error.isRetryable))

const isNetworkError = Predicate.or(Predicate.isTagged("TransportError"), Predicate.isTagged("TimeoutError"))

/**
 * The strategy that the service publishes, to the letter: 3 requests, 1 and 2 seconds between them, on 429, 500, 502,
 * 503 and network errors, whatever the outcome. May pay twice.
 *
 * @since 0.1.0
 * @category constructors
 */
export const documented: ResendUnknown = resendUnknown(
  Schedule.exponential("1 second").pipe(
    Schedule.intersect(atMostTwice),
    Schedule.whileInput(Predicate.or(isStatus(429, 500, 502, 503), isNetworkError))
  )
)

/**
 * One request, whatever happens.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: RetryPolicy = Schedule.stop
