/** One request in its turn among all of its client. While it waits, nothing of it has been sent. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { retryAfterOf, type TimeoutError } from "../CheapAiError.js"
import type { Limiter } from "../Limiter.js"
import { type Attempted, attempt, type Call, type Position, type Sending } from "./attempt.js"
import type { Time } from "./deadline.js"
import { turnTooLate } from "./failure.js"

const delayed = (position: Position, waited: Duration.Duration): Position => ({
  ...position,
  waited: Duration.sum(position.waited, waited),
  waitedFor: Duration.greaterThan(waited, position.waited) ? "limiter" : position.waitedFor
})

/** The daily limit is no matter of pace. */
const hear =
  (limiter: Limiter) =>
  <A>({ result }: Attempted<A>): Effect.Effect<void> =>
    Either.isLeft(result) && result.left._tag === "RateLimitedError" && result.left.isTransient
      ? limiter.pause(retryAfterOf(result.left))
      : Effect.void

export const inTurn = <I, A>(
  limiter: Limiter | undefined,
  call: Call<I, A>,
  sending: Sending,
  { left, total }: Time
): Effect.Effect<Attempted<A>, TimeoutError> => {
  if (limiter === undefined) return attempt(call, sending)
  const { inFlight, position } = sending
  const tooLate = Effect.failSync(() => turnTooLate(call, Duration.subtract(total, left)))
  return Effect.suspend(() => {
    inFlight.evidence = "not-started"
    const request = (waited: Duration.Duration) => {
      inFlight.evidence = call.adapter.evidence
      return Effect.tap(attempt(call, { ...sending, position: delayed(position, waited) }), hear(limiter))
    }
    return limiter.inTurn({ left, request, tooLate })
  })
}
