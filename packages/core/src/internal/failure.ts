/** What a request without a usable reply becomes. */

import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import type { Outcome, TransportCode } from "../Attempt.js"
import { type CallError, InvalidResponseError, TimeoutError, TransportError } from "../CheapAiError.js"
import type { Adapter, InFlight } from "../Transport.js"
import { UploadError } from "../Upload.js"
import type { Of } from "./request.js"
import { unreadable } from "./request.js"

/** The call that failed. */
interface Call {
  readonly adapter: Adapter
  readonly route: Of
}

const neverLeft: ReadonlySet<TransportCode> = new Set(["dns", "refused", "connect-timeout", "tls"])

/** Evidence decides; the name of a failure counts only where there is none. To be offline now says nothing of before. */
export const outcomeWithoutReply = (inFlight: InFlight, code?: TransportCode): Outcome =>
  inFlight.evidence === "not-started" || (inFlight.evidence === "unknown" && code !== undefined && neverLeft.has(code))
    ? "not-sent"
    : "unknown"

const said: Record<TransportCode, string> = {
  dns: "The host name of the service could not be resolved.",
  refused: "The connection was refused.",
  "connect-timeout": "No connection could be made in time.",
  tls: "No secure connection could be made.",
  reset: "The connection was reset before a whole reply arrived.",
  closed: "The connection was closed before a whole reply arrived.",
  protocol: "What arrived was not a valid HTTP reply.",
  offline: "This machine is offline.",
  body: "The body of the reply broke off.",
  unknown: "The connection failed; the platform does not say how."
}

export const transportError = (call: Call, inFlight: InFlight, code: TransportCode, message = said[code]) =>
  new TransportError({
    message,
    route: call.route.key,
    replay: call.route.replay,
    code,
    outcome: outcomeWithoutReply(inFlight, code)
  })

const causeOf = (error: unknown): unknown => (Predicate.hasProperty(error, "cause") ? error.cause : error)

/** A file that changes while it is sent ends the request: what has left of it is no whole request. */
export const clientError = (call: Call, inFlight: InFlight, error: unknown): CallError => {
  const cause = causeOf(error)
  return cause instanceof UploadError
    ? Object.assign(unreadable(call.route, cause, "The request was not sent to its end."), {
        outcome: outcomeWithoutReply(inFlight)
      })
    : transportError(call, inFlight, call.adapter.codeOf(cause), call.adapter.sentenceOf?.(cause))
}

export const tooLong = (call: Call, status: number) =>
  new InvalidResponseError({
    message: "The reply is longer than 4 MiB.",
    route: call.route.key,
    replay: call.route.replay,
    status,
    issues: [{ path: "", reason: "expected a body of at most 4 MiB" }]
  })

export const timeoutError = (call: Call, inFlight: InFlight, phase: "attempt" | "total", elapsed: Duration.Duration) =>
  new TimeoutError({
    message: `No whole reply arrived within the time for ${phase === "attempt" ? "one attempt" : "the whole call"}.`,
    route: call.route.key,
    replay: call.route.replay,
    outcome: outcomeWithoutReply(inFlight),
    phase,
    elapsed
  })

/** Of a request that was never begun. */
const notBegun = (call: Call, elapsed: Duration.Duration, message: string) =>
  new TimeoutError({
    message,
    route: call.route.key,
    replay: call.route.replay,
    outcome: "not-sent",
    phase: "total",
    elapsed
  })

export const outOfTime = (call: Call, elapsed: Duration.Duration) =>
  notBegun(call, elapsed, "The call's time was over before a request could be made.")

export const turnTooLate = (call: Call, elapsed: Duration.Duration) =>
  notBegun(call, elapsed, "The client's limiter holds requests back for longer than the call has.")
