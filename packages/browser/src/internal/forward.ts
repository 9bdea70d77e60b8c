/**
 * One call passed on to the service, once: this side retries nothing. Each failure becomes an answer that the page's client
 * reads with the outcome that is true of it: 503 if no byte can have left, 504 if the call may have been carried out.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Forwarding from "@effect-cheapai/core/Forwarding"
import type * as Route from "@effect-cheapai/core/Route"
import * as Transport from "@effect-cheapai/core/Transport"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Intake from "./intake.js"
import type { Mask } from "./mask.js"
import { isSendable, type Reply, refusal } from "./wireReply.js"

/** What all calls through one proxy share. */
export interface Upstream {
  /** Ends with the scope of the call. */
  readonly client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>
  readonly adapter: Transport.Adapter
  readonly baseUrl: string
  readonly key: string
  readonly mask: Mask
  readonly limits: Intake.Limits
  /** From the last byte of the request: to the head of a reply that is streamed, or to all of one that is read here. */
  readonly attempt: Duration.Duration
  /** What must not be lost with its page lives in it. */
  readonly scope: Scope.Scope
}

/** A page's request that is one of a listed route, with its body. */
export interface Call {
  readonly route: Route.Any
  readonly target: Route.Target
  readonly request: HttpServerRequest
  readonly intake: Intake.Intake
}

export const begin = ({ route }: Call): Transport.InFlight => ({
  replay: route.replay,
  evidence: "not-started",
  abandoned: false,
  uploaded: () => {},
  isWatched: false
})

const requestOf = ({ adapter, baseUrl, key }: Upstream, { intake, request, route, target }: Call) =>
  HttpClientRequest.make(route.method)(`${baseUrl}${target.path}`, {
    urlParams: target.query,
    headers: {
      accept: request.headers.accept ?? "application/json",
      ...adapter.headers,
      authorization: `Bearer ${key}`
    },
    body: intake.body
  })

/** A redirect is passed on without its target, and not followed whatever the client's default is. */
const notFollowing = Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" as const })

export const ofCut: Record<Exclude<Intake.Cut, "service-late">, Reply> = {
  "too-large": refusal(413, "The body is larger than this server takes."),
  "page-late": refusal(408, "The body stood still for too long."),
  "page-gone": refusal(400, "The body broke off.")
}

const answerTo = (error: CallError): Reply => refusal(error.outcome === "not-sent" ? 503 : 504, error.message)

const sendable = (response: HttpClientResponse): Effect.Effect<HttpClientResponse, Reply> =>
  isSendable(response.status)
    ? Effect.succeed(response)
    : Effect.fail(refusal(504, "The service answered with a status that can't be passed on."))

/** Sends it and gives what `receive` makes of the reply, or fails with the answer to what went wrong. */
export const send = <A>(
  upstream: Upstream,
  call: Call,
  inFlight: Transport.InFlight,
  receive: (response: HttpClientResponse) => Effect.Effect<A, Reply>
): Effect.Effect<A, Reply, Scope.Scope> =>
  Effect.gen(function* () {
    const { adapter, attempt, client, limits } = upstream
    const { intake, route } = call
    const of = { adapter, route }
    yield* Effect.addFinalizer(() => intake.stop)

    const late = (after: Duration.Duration) => answerTo(Forwarding.timeoutError(of, inFlight, "attempt", after))
    const cut = Effect.mapError(intake.cut, (why) => (why === "service-late" ? late(limits.idle) : ofCut[why]))
    const lost = (error: unknown) =>
      Effect.flatMap(intake.isCut, (isCut) =>
        isCut ? cut : Effect.fail(answerTo(Forwarding.clientError(of, inFlight, error)))
      )
    const overdue = Effect.zipRight(intake.handedOver, Effect.sleep(attempt)).pipe(
      Effect.zipRight(Effect.suspend(() => Effect.fail(late(attempt))))
    )

    const sent = Effect.suspend(() => {
      inFlight.evidence = adapter.evidence
      return client.execute(requestOf(upstream, call))
    }).pipe(Effect.catchAll(lost), Effect.catchAllDefect(lost), notFollowing)

    return yield* Effect.flatMap(Effect.flatMap(sent, sendable), receive).pipe(
      Effect.raceFirst(overdue),
      Effect.raceFirst(cut),
      Effect.provideService(Transport.CurrentRequest, inFlight)
    )
  })
