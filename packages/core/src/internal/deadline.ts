/** The time of a whole call: no request begins after it, and nobody waits longer. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { TimeoutError } from "../CheapAiError.js"
import { type Attempted, attempted, type Call, type Sending } from "./attempt.js"
import { outOfTime, timeoutError } from "./failure.js"
import { interruptibly } from "./interruptibly.js"

/** Until when a call may go on. */
export interface Time {
  readonly left: Duration.Duration
  readonly total: Duration.Duration
}

/**
 * Stops waiting for an attempt when the whole call's time is over; what becomes of the request is not decided here. When
 * the attempt has `ended`, and only those who hear of it still run, it counts as it ended.
 */
export const within = <I, A, E>(
  run: (ended: (attempted: Attempted<A>) => Effect.Effect<void>) => Effect.Effect<Attempted<A>, E>,
  { left, total }: Time,
  { call, sending }: { readonly call: Call<I, A>; readonly sending: Sending }
): Effect.Effect<Attempted<A>, E | TimeoutError> => {
  if (Duration.equals(left, Duration.zero)) return Effect.fail(outOfTime(call, total))
  let known: Attempted<A> | undefined
  const running = run((attempted) =>
    Effect.sync(() => {
      known = attempted
    })
  )
  return Effect.flatMap(DateTime.now, (startedAt) =>
    Effect.timeoutTo(running, {
      duration: left,
      onSuccess: (result) => result,
      onTimeout: () => {
        if (known !== undefined) return known
        const result = Either.left(timeoutError(call, sending.inFlight, "total", total))
        return attempted(call, sending, { startedAt, took: left }, { result })
      }
    })
  ).pipe(interruptibly)
}
