/** The application's own functions: a defect in one is logged, and a call that waits for it is not sent. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { type Reply, refusal } from "./wireReply.js"

const unavailable = refusal(503, "This server can't pass the call on at the moment.")

export const orUnavailable =
  (message: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Reply, R> =>
    Effect.catchAllDefect(effect, (defect) =>
      Effect.zipRight(Effect.logError(message, Cause.die(defect)), Effect.fail(unavailable))
    )
