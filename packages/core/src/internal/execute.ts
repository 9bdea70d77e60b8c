/** One call from end to end: checked, sent as often as the policy allows, its paid task announced, its span ended. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Stopped } from "../Attempt.js"
import * as CheapAiConfig from "../CheapAiConfig.js"
import type { CallError } from "../CheapAiError.js"
import type { Limiter } from "../Limiter.js"
import type { RetryBudget } from "../RetryBudget.js"
import type { AnyPolicy } from "../RetryPolicy.js"
import type { Route } from "../Route.js"
import * as Telemetry from "../Telemetry.js"
import type { Adapter, InFlight } from "../Transport.js"
import type { Attempted, Call, Position, Sending } from "./attempt.js"
import * as Booking from "./booking.js"
import { CallOptions, type CallSettings } from "./callOptions.js"
import { type Time, within } from "./deadline.js"
import { inTurn } from "./inTurn.js"
import { prepare } from "./request.js"
import { retryLoop } from "./retryLoop.js"
import { outlive } from "./submitScope.js"
import { announce, orphaned, tap } from "./submitted.js"
import * as Uploading from "./uploading.js"
import { type Receiver, Webhook } from "./webhookReceiver.js"

/** What all calls of one client share. */
export interface Client {
  readonly http: HttpClient.HttpClient
  /** For other hosts: it tells them nothing of the caller's trace. */
  readonly files: HttpClient.HttpClient
  readonly adapter: Adapter
  /** Requests that must not be lost live in it. */
  readonly scope: Scope.Scope
  readonly settings: CheapAiConfig.Settings
  readonly budget: RetryBudget
  readonly limiter: Limiter | undefined
  readonly baseUrl: string
  readonly credential: string | undefined
  /** For programs that have none in their own context. */
  readonly receiver: Receiver | undefined
}

export const timesOf = (client: Client, settings: CallSettings) => {
  const { defaults } = CheapAiConfig
  const bound = (name: keyof CheapAiConfig.Timeouts, otherwise: Duration.DurationInput) =>
    Duration.decode(settings.timeouts[name] ?? client.settings.timeouts?.[name] ?? otherwise)
  return {
    attempt: bound("attempt", defaults.attemptTimeout),
    total: bound("total", defaults.totalTimeout),
    idle: bound("idle", defaults.idleTimeout)
  }
}

export const policyOf = (client: Client, settings: CallSettings): AnyPolicy =>
  settings.retry ?? client.settings.retry ?? CheapAiConfig.defaults.retry

const headersOf = ({ adapter, credential }: Client) => ({
  accept: "application/json",
  ...adapter.headers,
  ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` })
})

const callOf = <I, A>(client: Client, settings: CallSettings, route: Route<I, A>, input: I) =>
  Effect.gen(function* () {
    const receiver = yield* Effect.serviceOption(Webhook)
    const { receiveUrl } = Option.getOrElse(receiver, () => client.receiver) ?? {}
    const prepared = yield* Effect.mapError(prepare(client.baseUrl, route, input, { receiveUrl }), (error) =>
      Object.assign(error, { stopped: "not-transient" as const })
    )
    const times = timesOf(client, settings)
    const call: Call<I, A> = {
      client: client.http,
      adapter: client.adapter,
      route,
      request: HttpClientRequest.setHeaders(prepared.request, headersOf(client)),
      multipart: prepared.multipart,
      secrets: [
        ...(client.credential === undefined ? [] : [client.credential]),
        ...prepared.quotable,
        ...(receiveUrl === undefined ? [] : [receiveUrl]),
        ...Redacted.value(settings.secrets)
      ],
      attemptTimeout: times.attempt,
      idleTimeout: times.idle
    }
    return { call, total: times.total }
  })

const begin = <I, A>({ adapter, multipart, route }: Call<I, A>, settings: CallSettings, position: Position) =>
  Effect.map(
    Uploading.make(settings.onUpload, { total: multipart?.length, attempt: position.number }),
    (uploading): Sending => {
      const { isWatched, report } = uploading
      const inFlight: InFlight = {
        replay: route.replay,
        evidence: adapter.evidence,
        abandoned: false,
        uploaded: report,
        isWatched: isWatched && multipart !== undefined
      }
      return { inFlight, uploading, position }
    }
  )

/** One request of the call, and those who hear of its end. That of a `once` route outlives its caller. */
const send = <I, A>(
  client: Client,
  settings: CallSettings,
  { call, sending, time }: { readonly call: Call<I, A>; readonly sending: Sending; readonly time: Time },
  ended: (attempted: Attempted<A>) => Effect.Effect<void>
) => {
  const { route } = call
  const own = client.settings.onSubmitted
  const handlers = own === undefined ? settings.onSubmitted : [...settings.onSubmitted, own]
  const request = inTurn(settings.isPoll ? undefined : client.limiter, call, sending, time).pipe(
    Booking.booked(settings, call, sending),
    Effect.tap(ended),
    Effect.tap(announce(route, handlers)),
    Effect.tap(tap(settings.taps))
  )
  return route.replay === "safe"
    ? request
    : outlive(request, {
        scope: client.scope,
        inFlight: sending.inFlight,
        orphaned: orphaned(route, handlers.length > 0)
      })
}

const canOpen = <I, A>({ multipart }: Call<I, A>): boolean =>
  multipart === undefined || multipart.pieces.every((piece) => piece instanceof Uint8Array || piece.canOpen())

/** What stands in the way of a further request, whatever the policy says. */
const obstacle = <I, A>(call: Call<I, A>, settings: CallSettings): Stopped | undefined => {
  if (!canOpen(call)) return "stream-used"
  return call.route.replay === "once" && !Booking.allows(settings) ? "credit-limit" : undefined
}

const spanOf = (error: CallError) => ({
  [Telemetry.attributes.error]: error._tag,
  [Telemetry.attributes.outcome]: error.outcome,
  [Telemetry.attributes.attempts]: error.attempts.length,
  ...(error.stopped === undefined ? {} : { [Telemetry.attributes.stopped]: error.stopped })
})

export const executeWith =
  (client: Client) =>
  <I, A>(route: Route<I, A>, input: I): Effect.Effect<A, CallError> =>
    Effect.gen(function* () {
      const settings = yield* CallOptions
      const { call, total } = yield* callOf(client, settings, route, input)
      const value = yield* retryLoop({
        replay: route.replay,
        policy: policyOf(client, settings),
        total,
        budget: client.budget,
        obstacle: () => obstacle(call, settings),
        send: (position, left) =>
          Effect.flatMap(begin(call, settings, position), (sending) => {
            const time = { left, total }
            return within((ended) => send(client, settings, { call, sending, time }, ended), time, { call, sending })
          })
      })
      if (!settings.isPoll) yield* client.budget.reward
      return value
    }).pipe(
      Effect.tapError((error) => Effect.annotateCurrentSpan(spanOf(error))),
      Effect.withSpan(Telemetry.spanName(route.key), {
        kind: "client",
        captureStackTrace: false,
        attributes: { [Telemetry.attributes.route]: route.key, [Telemetry.attributes.replay]: route.replay }
      })
    )
