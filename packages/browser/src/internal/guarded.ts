/**
 * The application's own functions: where one dies or does not come to an end, that is logged, and a call that waits for it
 * is not sent.
 */
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Reply, refusal } from "./wireReply.js"

const unavailable = refusal(503, "This server can't pass the call on at the moment.")

export const orUnavailable =
  (message: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Reply, R> =>
    Effect.catchAllDefect(effect, (defect) =>
      Effect.zipRight(Effect.logError(message, Cause.die(defect)), Effect.fail(unavailable))
    )

/** Is given up with its page, also where it stands at the beginning of what is not. */
export const orUnavailableWithin =
  (within: Duration.Duration, message: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Reply, R> =>
    Effect.interruptible(effect).pipe(
      Effect.timeoutFailCause({ duration: within, onTimeout: () => Cause.die("It did not end in time") }),
      orUnavailable(message)
    )
