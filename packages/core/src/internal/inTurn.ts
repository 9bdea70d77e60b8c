/** One request in its turn among all of its client. While it waits, nothing of it has been sent. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { retryAfterOf } from "../CheapAiError.js"
import type { Limiter } from "../Limiter.js"
import { type Attempted, attempt, attempted, type Call, type Position, type Sending } from "./attempt.js"
import { turnTooLate } from "./failure.js"

/** Until when a call may go on. */
export interface Time {
  readonly left: Duration.Duration
  readonly total: Duration.Duration
}

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
): Effect.Effect<Attempted<A>> => {
  if (limiter === undefined) return attempt(call, sending)
  const { inFlight, position } = sending
  const tooLate = Effect.map(DateTime.now, (startedAt) => {
    const result = Either.left(turnTooLate(call, inFlight, Duration.subtract(total, left)))
    return attempted(call, sending, { startedAt, took: Duration.zero }, { result })
  })
  return Effect.suspend(() => {
    inFlight.evidence = "not-started"
    const request = (waited: Duration.Duration) => {
      inFlight.evidence = call.adapter.evidence
      return Effect.tap(attempt(call, { ...sending, position: delayed(position, waited) }), hear(limiter))
    }
    return limiter.inTurn({ left, request, tooLate })
  })
}
