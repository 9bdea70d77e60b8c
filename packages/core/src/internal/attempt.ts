/** One request: sent, its reply read within bounds and time, a value or an error, and the record of it. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Attempt, Outcome, TransportCode } from "../Attempt.js"
import { type CallError, InvalidResponseError, isSuccessStatus, TimeoutError, TransportError } from "../CheapAiError.js"
import type { Route } from "../Route.js"
import { type Adapter, CurrentRequest, type InFlight } from "../Transport.js"
import { readBody } from "./body.js"
import { parseJson } from "./errorBody.js"
import { interruptibly } from "./interruptibly.js"
import { decodeReply, requestIdOf } from "./response.js"

/** Everything about a call that its attempts share. */
export interface Call<I, A> {
  readonly client: HttpClient.HttpClient
  readonly adapter: Adapter
  readonly route: Route<I, A>
  readonly request: HttpClientRequest
  readonly secrets: ReadonlyArray<string>
  readonly attemptTimeout: Duration.Duration
}

/** Where an attempt stands in its call. */
export interface Position {
  readonly number: number
  readonly waited: Duration.Duration
  readonly waitedFor: Attempt["waitedFor"]
}

export interface Attempted<A> {
  readonly result: Either.Either<A, CallError>
  readonly record: Attempt
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

const transportError = <I, A>(call: Call<I, A>, inFlight: InFlight, code: TransportCode) =>
  new TransportError({
    message: said[code],
    route: call.route.key,
    replay: call.route.replay,
    code,
    outcome: outcomeWithoutReply(inFlight, code)
  })

const causeOf = (error: unknown): unknown => (Predicate.hasProperty(error, "cause") ? error.cause : error)

const tooLong = <I, A>(call: Call<I, A>, status: number) =>
  new InvalidResponseError({
    message: "The reply is longer than 4 MiB.",
    route: call.route.key,
    replay: call.route.replay,
    status,
    issues: [{ path: "", reason: "expected a body of at most 4 MiB" }]
  })

/** A reply of 2xx that broke off is still whole when its JSON is: a task id in it must not be lost. */
const decode = <I, A>(call: Call<I, A>, inFlight: InFlight, response: HttpClientResponse) =>
  Effect.flatMap(readBody(response), (body): Effect.Effect<A, CallError> => {
    if (isSuccessStatus(response.status) && body.end !== "complete" && !Predicate.isRecord(parseJson(body.text))) {
      if (body.end === "too-long") return Effect.fail(tooLong(call, response.status))
      return Effect.fail(transportError(call, inFlight, "body"))
    }
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      decodeReply(
        { status: response.status, headers: response.headers, text: body.text },
        { route: call.route, now, secrets: call.secrets }
      )
    )
  })

const timeoutError = <I, A>(
  call: Call<I, A>,
  inFlight: InFlight,
  phase: "attempt" | "total",
  elapsed: Duration.Duration
) =>
  new TimeoutError({
    message: `No whole reply arrived within the time for ${phase === "attempt" ? "one attempt" : "the whole call"}.`,
    route: call.route.key,
    replay: call.route.replay,
    outcome: outcomeWithoutReply(inFlight),
    phase,
    elapsed
  })

interface Exchange<A> {
  readonly result: Either.Either<A, CallError>
  readonly reply?: HttpClientResponse | undefined
}

const attempted = <I, A>(
  call: Call<I, A>,
  inFlight: InFlight,
  position: Position,
  time: { readonly startedAt: DateTime.Utc; readonly took: Duration.Duration },
  { reply, result }: Exchange<A>
): Attempted<A> => {
  const error = Either.isLeft(result) ? result.left : undefined
  const record: Attempt = {
    ...position,
    ...time,
    route: call.route.key,
    evidence: inFlight.evidence,
    result: error?._tag ?? "success",
    outcome: error?.outcome,
    status: reply?.status,
    code: error?._tag === "TransportError" ? error.code : undefined,
    requestId: reply === undefined ? undefined : requestIdOf(reply.headers, call.secrets)
  }
  return { result, record }
}

/** Runs to a value or an error of the table; a defect of the client counts as a failure of the transport. */
export const attempt = <I, A>(
  call: Call<I, A>,
  inFlight: InFlight,
  position: Position
): Effect.Effect<Attempted<A>> => {
  let reply: HttpClientResponse | undefined
  const exchange = call.client.execute(call.request).pipe(
    Effect.mapError((error) => transportError(call, inFlight, call.adapter.codeOf(causeOf(error)))),
    Effect.tap((response) => {
      reply = response
    }),
    Effect.flatMap((response) => decode(call, inFlight, response)),
    Effect.catchAllDefect(() => Effect.fail(transportError(call, inFlight, "unknown"))),
    Effect.timeoutFail({
      duration: call.attemptTimeout,
      onTimeout: () => timeoutError(call, inFlight, "attempt", call.attemptTimeout)
    }),
    Effect.provideService(CurrentRequest, inFlight),
    Effect.either,
    Effect.timed
  )
  return Effect.zipWith(DateTime.now, exchange, (startedAt, [took, result]) =>
    attempted(call, inFlight, position, { startedAt, took }, { result, reply })
  )
}

/** Stops waiting for an attempt when the whole call's time is over; what becomes of the request is not decided here. */
export const within = <I, A>(
  running: Effect.Effect<Attempted<A>>,
  timeLeft: Duration.Duration,
  of: {
    readonly call: Call<I, A>
    readonly inFlight: InFlight
    readonly position: Position
    readonly total: Duration.Duration
  }
): Effect.Effect<Attempted<A>> =>
  Effect.flatMap(DateTime.now, (startedAt) =>
    Effect.timeoutTo(running, {
      duration: timeLeft,
      onSuccess: (result) => result,
      onTimeout: () => {
        const result = Either.left(timeoutError(of.call, of.inFlight, "total", of.total))
        return attempted(of.call, of.inFlight, of.position, { startedAt, took: timeLeft }, { result })
      }
    })
  ).pipe(interruptibly)
