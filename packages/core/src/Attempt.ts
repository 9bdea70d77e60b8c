/**
 * The record of one request of a call: what an error's `attempts` hold and what `CheapAi.tapAttempt` shows.
 * Filled by the retry loop; nothing here decides anything.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * What the platform knows of an attempt. `"not-started"` proves that no byte of the request left this machine,
 * `"started"` that some may have, `"unknown"` that the platform can't tell (fetch never can).
 *
 * @since 0.1.0
 * @category schemas
 */
export const Evidence = Schema.Literal("not-started", "started", "unknown")
/**
 * @since 0.1.0
 * @category models
 */
export type Evidence = typeof Evidence.Type

/**
 * May the request have been carried out?
 *
 * - `not-sent`: no byte of it can have reached the service
 * - `rejected`: an answer says that it was not taken on
 * - `failed`: the service itself says that it tried and failed; whether it charged is documented nowhere
 * - `unknown`: it may have been done, and charged
 *
 * @since 0.1.0
 * @category schemas
 */
export const Outcome = Schema.Literal("not-sent", "rejected", "failed", "unknown")
/**
 * @since 0.1.0
 * @category models
 */
export type Outcome = typeof Outcome.Type

/**
 * What happened on the way when no reply came: one list of names for every runtime.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TransportCode = Schema.Literal(
  "dns",
  "refused",
  "connect-timeout",
  "tls",
  "reset",
  "closed",
  "protocol",
  "offline",
  "body",
  "unknown"
)
/**
 * @since 0.1.0
 * @category models
 */
export type TransportCode = typeof TransportCode.Type

/**
 * Why a call made no further request.
 *
 * - `not-transient`: the failure would only repeat itself, or the task has ended
 * - `once-unknown`: the request must not happen twice, and it may have happened
 * - `budget-empty`: the client's retry budget was used up
 * - `credit-limit`: the program's own credit limit does not allow a further request
 * - `deadline`: the call's total time was over, or too short for the next wait
 * - `retry-after-too-long`: the service asked for a longer wait than the policy's ceiling
 * - `stream-used`: the request's file is a stream, and was read
 * - `tries-used`: the policy allowed no further try
 *
 * @since 0.1.0
 * @category schemas
 */
export const Stopped = Schema.Literal(
  "not-transient",
  "once-unknown",
  "budget-empty",
  "credit-limit",
  "deadline",
  "retry-after-too-long",
  "stream-used",
  "tries-used"
)
/**
 * @since 0.1.0
 * @category models
 */
export type Stopped = typeof Stopped.Type

/**
 * One request: its number within the call (from 1), when it started, how long it took, and how long the client waited
 * before it and for what. `result` is `"success"` or the tag of the error; `outcome` is absent on success.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Attempt = Schema.Struct({
  number: Schema.Number,
  route: Schema.String,
  evidence: Evidence,
  result: Schema.String,
  outcome: Schema.optional(Outcome),
  status: Schema.optional(Schema.Number),
  code: Schema.optional(TransportCode),
  requestId: Schema.optional(Schema.String),
  startedAt: Schema.DateTimeUtc,
  took: Schema.DurationFromMillis,
  waited: Schema.DurationFromMillis,
  waitedFor: Schema.optional(Schema.Literal("backoff", "retry-after", "limiter"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Attempt = typeof Attempt.Type
