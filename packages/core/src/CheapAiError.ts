/**
 * Every way in which a call can fail, as tagged errors, and what each status number means: no other file knows one.
 * Each class is a row of the table: its fields, the status a server would answer with, whether it is transient, and
 * the remedy. Sending, retrying and giving up live elsewhere.
 *
 * @since 0.1.0
 */

import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type Outcome, TransportCode } from "./Attempt.js"
import * as fields from "./internal/errorFields.js"
import * as explanation from "./internal/explanation.js"
import * as reason from "./internal/reason.js"
import { StoredTask } from "./internal/storedTask.js"

const { answered, everyError, explained, httpStatus, identifier } = fields

/**
 * `"safe"`: sending it again changes nothing. `"once"`: it must not happen twice, for example because it is billed.
 *
 * @since 0.1.0
 * @category models
 */
export type Replay = fields.Replay

/**
 * A place in a value and what is wrong there; never the value itself.
 *
 * @since 0.1.0
 * @category models
 */
export type Issue = fields.Issue

/**
 * 400: a field is missing, unknown or has a value that the route does not take.
 *
 * @since 0.1.0
 * @category errors
 */
export class BadRequestError extends explained(
  Schema.TaggedError<BadRequestError>(identifier("BadRequestError"))(
    "BadRequestError",
    answered(400, "rejected"),
    httpStatus(400)
  ),
  { transient: false, remedy: "Check the fields of the request against the route's documentation." }
) {}

/**
 * 401: the key is missing, invalid or expired. `reason` is read from the message's words: a hint, not a contract.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnauthorizedError extends explained(
  Schema.TaggedError<UnauthorizedError>(identifier("UnauthorizedError"))(
    "UnauthorizedError",
    { ...answered(401, "rejected"), reason: Schema.Literal("missing", "invalid", "expired", "unknown") },
    httpStatus(401)
  ),
  {
    transient: false,
    remedy: "Check that the key is current and complete; replace an expired key in the dashboard's key settings."
  }
) {}

/**
 * 402: the balance is too low for this request.
 *
 * @since 0.1.0
 * @category errors
 */
export class InsufficientBalanceError extends explained(
  Schema.TaggedError<InsufficientBalanceError>(identifier("InsufficientBalanceError"))(
    "InsufficientBalanceError",
    answered(402, "rejected"),
    httpStatus(402)
  ),
  { transient: false, remedy: "Top up the balance at /billing in the dashboard, then send the request again." }
) {}

/**
 * 403: the key may not do this, or may not use this model.
 *
 * @since 0.1.0
 * @category errors
 */
export class ForbiddenError extends explained(
  Schema.TaggedError<ForbiddenError>(identifier("ForbiddenError"))(
    "ForbiddenError",
    answered(403, "rejected"),
    httpStatus(403)
  ),
  { transient: false, remedy: "Check which actions and models the key's settings allow, and the request's model." }
) {}

/**
 * 404: no such task, voice or route. Polls of a fresh task wait 10 seconds before they believe it.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotFoundError extends explained(
  Schema.TaggedError<NotFoundError>(identifier("NotFoundError"))(
    "NotFoundError",
    answered(404, "rejected"),
    httpStatus(404)
  ),
  { transient: false, remedy: "Check the id, that it belongs to this account, and the base URL." }
) {}

/**
 * 429: too many requests, or the key's daily spend limit. `reason` is read from the message's words: a hint, not a
 * contract.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimitedError extends explained(
  Schema.TaggedError<RateLimitedError>(identifier("RateLimitedError"))(
    "RateLimitedError",
    { ...answered(429, "rejected"), reason: Schema.Literal("pace", "daily-limit", "unknown") },
    httpStatus(429)
  ),
  {
    transient: (error) => error.reason !== "daily-limit",
    remedy: (error) =>
      error.reason === "daily-limit"
        ? "Wait for the next day, or raise the key's daily spend limit in the dashboard's key settings."
        : "Send fewer requests at a time and wait between them; check the key's daily spend limit."
  }
) {}

/**
 * 500: a fault on the service's side.
 *
 * @since 0.1.0
 * @category errors
 */
export class InternalError extends explained(
  Schema.TaggedError<InternalError>(identifier("InternalError"))(
    "InternalError",
    answered(500, "unknown"),
    httpStatus(500)
  ),
  { transient: true, remedy: "Try again after a short wait; if it persists, see the service's /status page." }
) {}

/**
 * 502: the generation service behind the API failed, or a gateway lost the API.
 *
 * @since 0.1.0
 * @category errors
 */
export class ProcessingError extends explained(
  Schema.TaggedError<ProcessingError>(identifier("ProcessingError"))(
    "ProcessingError",
    answered(502, "unknown"),
    httpStatus(502)
  ),
  { transient: true, remedy: "Try again after a short wait, or use another route or model for the same purpose." }
) {}

/**
 * 503: overloaded or in maintenance.
 *
 * @since 0.1.0
 * @category errors
 */
export class ServiceUnavailableError extends explained(
  Schema.TaggedError<ServiceUnavailableError>(identifier("ServiceUnavailableError"))(
    "ServiceUnavailableError",
    answered(503, "rejected"),
    httpStatus(503)
  ),
  { transient: true, remedy: "Wait longer with each try; see the service's /status page for maintenance." }
) {}

/**
 * Any other status that is not 2xx: redirects, which are never followed, included.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnexpectedStatusError extends explained(
  Schema.TaggedError<UnexpectedStatusError>(identifier("UnexpectedStatusError"))(
    "UnexpectedStatusError",
    { ...answered(0, "unknown"), status: Schema.Number },
    httpStatus(502)
  ),
  {
    transient: (error) => isTransientStatus(error.status),
    remedy: "Check the base URL and what stands between this program and the service; see its /status page."
  }
) {}

/**
 * 2xx, but the body says `success: false`. `code` is the numeric `status` or `code` of that body, which then decides
 * as that status would.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnsuccessfulResponseError extends explained(
  Schema.TaggedError<UnsuccessfulResponseError>(identifier("UnsuccessfulResponseError"))(
    "UnsuccessfulResponseError",
    { ...answered(200, "rejected"), code: Schema.optional(Schema.Number) },
    httpStatus(502)
  ),
  {
    transient: (error) => {
      const words = reason.rateLimitReason(error.message)
      return error.code === undefined
        ? words === "pace"
        : isTransientStatus(error.code) && !(error.code === 429 && words === "daily-limit")
    },
    remedy: "Read the message: the service took the call but refused the work. See its /status page if it persists."
  }
) {}

/**
 * No reply: the connection failed. `outcome` says whether the request may have left.
 *
 * @since 0.1.0
 * @category errors
 */
export class TransportError extends explained(
  Schema.TaggedError<TransportError>(identifier("TransportError"))(
    "TransportError",
    { ...everyError("unknown"), code: TransportCode },
    httpStatus(502)
  ),
  { transient: true, remedy: "Check the network, the base URL, DNS and proxies between this program and the service." }
) {}

/**
 * The time for one attempt, or for the whole call, ran out.
 *
 * @since 0.1.0
 * @category errors
 */
export class TimeoutError extends explained(
  Schema.TaggedError<TimeoutError>(identifier("TimeoutError"))(
    "TimeoutError",
    { ...everyError("unknown"), phase: Schema.Literal("attempt", "total"), elapsed: Schema.DurationFromMillis },
    httpStatus(504)
  ),
  {
    transient: (error) => error.phase === "attempt",
    remedy: "Give the call more time with CheapAi.withTimeouts, or see the service's /status page."
  }
) {}

/**
 * The input was refused before anything was sent. `issues` name each field and what is wrong with it.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidInputError extends explained(
  Schema.TaggedError<InvalidInputError>(identifier("InvalidInputError"))(
    "InvalidInputError",
    { ...everyError("not-sent"), issues: Schema.Array(fields.Issue), hint: Schema.optional(Schema.String) },
    httpStatus(400)
  ),
  { transient: false, remedy: (error) => error.hint ?? "Correct the fields that `issues` names." }
) {}

/**
 * The program's own credit limit does not allow this request.
 *
 * @since 0.1.0
 * @category errors
 */
export class CreditLimitError extends explained(
  Schema.TaggedError<CreditLimitError>(identifier("CreditLimitError"))(
    "CreditLimitError",
    { ...everyError("not-sent"), limit: Schema.Number, booked: Schema.Number, asked: Schema.optional(Schema.Number) },
    httpStatus(502)
  ),
  { transient: false, remedy: "Raise the limit of CheapAi.withCreditLimit, or declare a smaller expected cost." }
) {}

/**
 * A 2xx whose body is not as documented. `issues` name the fields; the values are left out. `task` is there when it is a
 * finished task's result that can't be read.
 *
 * @since 0.1.0
 * @category errors
 */
export class InvalidResponseError extends explained(
  Schema.TaggedError<InvalidResponseError>(identifier("InvalidResponseError"))(
    "InvalidResponseError",
    { ...answered(200, "unknown"), issues: Schema.Array(fields.Issue), task: Schema.optional(StoredTask) },
    httpStatus(502)
  ),
  { transient: false, remedy: "Check the base URL and any proxy; if both are right, the API has changed: report it." }
) {}

/**
 * A result file could not be fetched. The credits are spent; the file can be fetched again.
 *
 * @since 0.1.0
 * @category errors
 */
export class DownloadError extends explained(
  Schema.TaggedError<DownloadError>(identifier("DownloadError"))(
    "DownloadError",
    {
      ...everyError("rejected"),
      reason: Schema.Literal("expired", "length", "status", "transport"),
      status: Schema.optional(Schema.Number),
      retryAfter: Schema.optional(Schema.DurationFromMillis),
      received: Schema.optional(Schema.Number),
      expected: Schema.optional(Schema.Number)
    },
    httpStatus(502)
  ),
  {
    transient: (error) =>
      error.reason === "expired" ||
      error.reason === "transport" ||
      (error.reason === "status" && error.status !== undefined && isTransientStatus(error.status)),
    remedy: "Fetch the task again for a fresh address, then the file."
  }
) {}

/**
 * The task ended in error on the service's side. `creditCost` is what it cost all the same, when the service said.
 *
 * @since 0.1.0
 * @category errors
 */
export class TaskFailedError extends explained(
  Schema.TaggedError<TaskFailedError>(identifier("TaskFailedError"))(
    "TaskFailedError",
    { ...everyError("failed"), task: StoredTask, creditCost: Schema.optional(Schema.Number) },
    httpStatus(502)
  ),
  { transient: false, remedy: "Read the message; change the input or the model and submit a new task." }
) {}

/**
 * The task was not done in time. It goes on: `task` can be stored, and awaited again at no cost.
 *
 * @since 0.1.0
 * @category errors
 */
export class TaskTimeoutError extends explained(
  Schema.TaggedError<TaskTimeoutError>(identifier("TaskTimeoutError"))(
    "TaskTimeoutError",
    {
      ...everyError("unknown"),
      task: StoredTask,
      lastStatus: Schema.optional(Schema.String),
      progress: Schema.optional(Schema.Number),
      elapsed: Schema.DurationFromMillis
    },
    httpStatus(504)
  ),
  { transient: false, remedy: "Keep `task` and await it again later with Task.restore: that costs nothing." }
) {}

/**
 * Every error class by its tag.
 *
 * @since 0.1.0
 * @category errors
 */
export const catalogue = {
  BadRequestError,
  UnauthorizedError,
  InsufficientBalanceError,
  ForbiddenError,
  NotFoundError,
  RateLimitedError,
  InternalError,
  ProcessingError,
  ServiceUnavailableError,
  UnexpectedStatusError,
  UnsuccessfulResponseError,
  TransportError,
  TimeoutError,
  InvalidInputError,
  CreditLimitError,
  InvalidResponseError,
  DownloadError,
  TaskFailedError,
  TaskTimeoutError
} as const

/**
 * Any error of this library; also a schema of their union.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CheapAiError = Schema.Union(...Object.values(catalogue))
/**
 * @since 0.1.0
 * @category errors
 */
export type CheapAiError = InstanceType<(typeof catalogue)[keyof typeof catalogue]>

/**
 * How a task can end other than with its result.
 *
 * @since 0.1.0
 * @category errors
 */
export type TaskError = TaskFailedError | TaskTimeoutError

/**
 * How a single call can fail.
 *
 * @since 0.1.0
 * @category errors
 */
export type CallError = Exclude<CheapAiError, TaskError | DownloadError>

/**
 * The errors that a reply's status becomes.
 *
 * @since 0.1.0
 * @category errors
 */
export type StatusError = Exclude<
  Extract<CallError, { readonly status: number }>,
  UnsuccessfulResponseError | InvalidResponseError
>

/**
 * @since 0.1.0
 * @category guards
 */
export const is = (u: unknown): u is CheapAiError => Object.values(catalogue).some((Class) => u instanceof Class)

/**
 * Whether an error is the answer to one of these statuses: `isStatus(429, 503)`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isStatus =
  (...statuses: ReadonlyArray<number>) =>
  (u: unknown): boolean =>
    is(u) && "status" in u && u.status !== undefined && statuses.includes(u.status)

/**
 * Whether the same request may succeed later, judged by the failure alone.
 *
 * @since 0.1.0
 * @category guards
 */
export const isTransient = (u: unknown): boolean => is(u) && u.isTransient

/**
 * Whether calling again is safe and may help.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRetryable = (u: unknown): boolean => is(u) && u.isRetryable

/**
 * Whether the account or its key is the cause: 401, 402, 403, and the daily spend limit.
 *
 * @since 0.1.0
 * @category guards
 */
export const isAccount = (u: unknown): boolean =>
  isStatus(401, 402, 403)(u) || (u instanceof RateLimitedError && u.reason === "daily-limit")

/**
 * Whether an error is a reply of 5xx.
 *
 * @since 0.1.0
 * @category guards
 */
export const isServerFault = (u: unknown): boolean =>
  is(u) && "status" in u && u.status !== undefined && u.status >= 500

/**
 * The wait that a reply asked for; zero when it asked for none.
 *
 * @since 0.1.0
 * @category guards
 */
export const retryAfterOf = (error: CheapAiError): Duration.Duration =>
  "retryAfter" in error && error.retryAfter !== undefined ? error.retryAfter : Duration.zero

/**
 * Whether a number reads as the status of a failure.
 *
 * @since 0.1.0
 * @category guards
 */
export const isErrorStatus = (u: unknown): u is number =>
  typeof u === "number" && Number.isInteger(u) && u >= 400 && u <= 599

const transientStatuses = new Set([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529])
const isTransientStatus = (status: number): boolean => transientStatuses.has(status)

/**
 * @since 0.1.0
 * @category guards
 */
export const isSuccessStatus = (status: number): boolean => status >= 200 && status <= 299

/**
 * @since 0.1.0
 * @category guards
 */
export const isRedirectStatus = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/**
 * Whether a file's host says that its address is not, or no longer, valid: signed addresses answer so when they expire.
 *
 * @since 0.1.0
 * @category guards
 */
export const isExpiredStatus = (status: number): boolean => [400, 401, 403, 404, 410].includes(status)

/**
 * What a reply's status and sender prove. `text` is what the reply says, in the service's own words or a gateway's.
 *
 * @since 0.1.0
 * @category guards
 */
export const outcomeOf = (status: number, source: "service" | "gateway", text: string): Outcome => {
  if (status === 303 || status === 504 || status === 524) return "unknown"
  if (status === 503) return reason.saysUpstreamLost(text) ? "unknown" : "rejected"
  if (status >= 300 && status <= 499) return "rejected"
  return status >= 500 && source === "service" ? "failed" : "unknown"
}

/**
 * What a reply says, as `fromStatus` takes it: `message` for a person, `text` for judging by words.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reply {
  readonly status: number
  readonly message: string
  readonly text: string
  readonly route: string
  readonly replay: Replay
  readonly source: "service" | "gateway"
  readonly type?: string | undefined
  readonly requestId?: string | undefined
  readonly retryAfter?: Duration.Duration | undefined
  readonly headersHidden?: boolean | undefined
  readonly body: Redacted.Redacted
}

/**
 * The error of a status that is not 2xx: total over every number.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromStatus = ({ text, ...reply }: Reply): StatusError => {
  const shared = { ...reply, outcome: outcomeOf(reply.status, reply.source, text) }
  switch (reply.status) {
    case 400:
      return new BadRequestError(shared)
    case 401:
      return new UnauthorizedError({ ...shared, reason: reason.unauthorizedReason(text) })
    case 402:
      return new InsufficientBalanceError(shared)
    case 403:
      return new ForbiddenError(shared)
    case 404:
      return new NotFoundError(shared)
    case 429:
      return new RateLimitedError({ ...shared, reason: reason.rateLimitReason(text) })
    case 500:
      return new InternalError(shared)
    case 502:
      return new ProcessingError(shared)
    case 503:
      return new ServiceUnavailableError(shared)
    default:
      return new UnexpectedStatusError(shared)
  }
}

/**
 * The error in a short paragraph: what happened, whether credits may have been spent, what the client tried, why it
 * stopped, and what to do. Pure; holds neither the key nor the input.
 *
 * @since 0.1.0
 * @category combinators
 */
export const explain = (error: CheapAiError): string => explanation.explain(error)
