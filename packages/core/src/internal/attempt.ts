/** One request: sent, its reply read within bounds and time, a value or an error, and the record of it. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Attempt } from "../Attempt.js"
import { type CallError, type DownloadError, isSuccessStatus } from "../CheapAiError.js"
import type { Multipart } from "../Multipart.js"
import type { Route } from "../Route.js"
import { type Adapter, CurrentRequest, type InFlight } from "../Transport.js"
import { readBody } from "./body.js"
import { parseJson } from "./errorBody.js"
import { clientError, timeoutError, tooLong, transportError } from "./failure.js"
import { unreadable } from "./request.js"
import { decodeReply, requestIdOf } from "./response.js"
import type { Uploading } from "./uploading.js"

/** Everything about a call that its attempts share. */
export interface Call<I, A> {
  readonly client: HttpClient.HttpClient
  readonly adapter: Adapter
  readonly route: Route<I, A>
  readonly request: HttpClientRequest.HttpClientRequest
  readonly multipart: Multipart | undefined
  readonly secrets: ReadonlyArray<string>
  readonly attemptTimeout: Duration.Duration
  readonly idleTimeout: Duration.Duration
}

/** One request of a call on its way. */
export interface Sending {
  readonly inFlight: InFlight
  readonly uploading: Uploading
  readonly position: Position
}

/** Where an attempt stands in its call. */
export interface Position {
  readonly number: number
  readonly waited: Duration.Duration
  readonly waitedFor: Attempt["waitedFor"]
  /** An earlier try of this call may have been carried out. */
  readonly mayBeDone: boolean
}

export interface Attempted<A, E = CallError> {
  readonly result: Either.Either<A, E>
  readonly record: Attempt
}

/** Until the platform is ready, nothing is sent. */
const whenReady = <I, A>({ adapter }: Call<I, A>, { inFlight }: Sending): Effect.Effect<void> => {
  if (adapter.ready === undefined) return Effect.void
  inFlight.evidence = "not-started"
  return Effect.map(adapter.ready, () => {
    inFlight.evidence = adapter.evidence
  })
}

/** Opens the files for this try: until they are open, nothing has been sent. */
const requestOf = <I, A>({ adapter, multipart, request, route }: Call<I, A>, { inFlight, uploading }: Sending) => {
  if (multipart === undefined) return Effect.succeed(request)
  inFlight.evidence = "not-started"
  return Effect.mapBoth(adapter.makeBody(multipart, uploading.report), {
    onFailure: (error) => unreadable(route, error),
    onSuccess: (body) => {
      inFlight.evidence = adapter.evidence
      return HttpClientRequest.setBody(request, body)
    }
  })
}

/** A reply of 2xx that broke off is still whole when its JSON is: a task id in it must not be lost. */
const decode = <I, A>(call: Call<I, A>, { inFlight, position }: Sending, response: HttpClientResponse) =>
  Effect.flatMap(readBody(response), (body): Effect.Effect<A, CallError> => {
    if (isSuccessStatus(response.status) && body.end !== "complete" && !Predicate.isRecord(parseJson(body.text))) {
      if (body.end === "too-long") return Effect.fail(tooLong(call, response.status))
      return Effect.fail(transportError(call, inFlight, "body"))
    }
    return Effect.flatMap(Clock.currentTimeMillis, (now) =>
      decodeReply(
        { status: response.status, headers: response.headers, text: body.text },
        {
          route: call.route,
          now,
          secrets: call.secrets,
          mayBeDone: position.mayBeDone,
          headersHidden: inFlight.headersHidden
        }
      )
    )
  })

interface Exchange<A, E> {
  readonly result: Either.Either<A, E>
  readonly reply?: HttpClientResponse | undefined
}

export const attempted = <A, E extends CallError | DownloadError>(
  { route, secrets }: { readonly route: { readonly key: string }; readonly secrets: ReadonlyArray<string> },
  { inFlight, position }: Pick<Sending, "inFlight" | "position">,
  time: { readonly startedAt: DateTime.Utc; readonly took: Duration.Duration },
  { reply, result }: Exchange<A, E>
): Attempted<A, E> => {
  const error = Either.isLeft(result) ? result.left : undefined
  const record: Attempt = {
    number: position.number,
    waited: position.waited,
    waitedFor: position.waitedFor,
    ...time,
    route: route.key,
    evidence: inFlight.evidence,
    result: error?._tag ?? "success",
    outcome: error?.outcome,
    status: reply?.status,
    code: error?._tag === "TransportError" ? error.code : undefined,
    requestId: reply === undefined ? undefined : requestIdOf(reply.headers, secrets)
  }
  return { result, record }
}

/** The time of one attempt. That of an upload begins when it has left, and until then it must not stand still. */
const inTime = <I, A, B>(call: Call<I, A>, sending: Sending, exchange: Effect.Effect<B, CallError>) => {
  const late = (elapsed: Duration.Duration) => timeoutError(call, sending.inFlight, "attempt", elapsed)
  if (call.multipart === undefined) {
    return Effect.timeoutFail(exchange, {
      duration: call.attemptTimeout,
      onTimeout: () => late(call.attemptTimeout)
    })
  }
  const limits = { idle: call.idleTimeout, reply: call.attemptTimeout }
  const overdue = Effect.flatMap(Effect.timed(sending.uploading.overdue(limits)), ([elapsed]) =>
    Effect.fail(late(Duration.millis(Duration.toMillis(elapsed))))
  )
  return Effect.raceFirst(exchange, overdue)
}

/** Runs to a value or an error of the table; a defect of the client counts as a failure of the transport. */
export const attempt = <I, A>(call: Call<I, A>, sending: Sending): Effect.Effect<Attempted<A>> => {
  const { inFlight, uploading } = sending
  let reply: HttpClientResponse | undefined
  const exchange = Effect.suspend(() => requestOf(call, sending)).pipe(
    Effect.flatMap((request) =>
      Effect.mapError(call.client.execute(request), (error) => clientError(call, inFlight, error))
    ),
    Effect.tap((response) => {
      reply = response
    }),
    Effect.flatMap((response) => decode(call, sending, response)),
    Effect.catchAllDefect(() => Effect.fail(transportError(call, inFlight, "unknown"))),
    Effect.scoped,
    (whole) => inTime(call, sending, whole),
    Effect.provideService(CurrentRequest, inFlight),
    uploading.show,
    Effect.either,
    Effect.timed
  )
  const recorded = Effect.zipWith(DateTime.now, exchange, (startedAt, [took, result]) =>
    attempted(call, sending, { startedAt, took }, { result, reply })
  )
  return Effect.zipRight(whenReady(call, sending), recorded)
}
