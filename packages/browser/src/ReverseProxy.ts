/**
 * The other half of a page's client: a server of one's own that holds the key. It passes the calls of listed routes on to
 * the service, adds the key, and lets nothing else through. It retries nothing: the page's client does. Runs wherever an
 * `HttpApp` runs.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import { retryAfterOf, type StatusError, type UnexpectedStatusError } from "@effect-cheapai/core/CheapAiError"
import type * as Route from "@effect-cheapai/core/Route"
import type * as Task from "@effect-cheapai/core/Task"
import * as Transport from "@effect-cheapai/core/Transport"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as CreditStore from "./CreditStore.js"
import { orUnavailable, orUnavailableWithin } from "./internal/guarded.js"
import { hideRequest } from "./internal/hideRequest.js"
import * as Listing from "./internal/listing.js"
import * as Mask from "./internal/mask.js"
import { type Cost, faultOf, price } from "./internal/price.js"
import { read } from "./internal/read.js"
import { receive } from "./internal/receive.js"
import { type Purchase, submit } from "./internal/submit.js"
import { type Reply, refusal, toResponse } from "./internal/wireReply.js"

/**
 * Who calls: `id` is what credits are booked under.
 *
 * @since 0.1.0
 * @category models
 */
export interface Caller {
  readonly id: string
}

/**
 * A call that somebody wants to make: a listed route, and the values of the placeholders in its path by their wire names,
 * such as `task_id`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly route: Route.Any
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * Why a call may not be made. The page gets the error's status, message and `retryAfter`, so its client fails with the same
 * error.
 *
 * @since 0.1.0
 * @category errors
 */
export type Refusal = Exclude<StatusError, UnexpectedStatusError>

export type {
  /**
   * Credits, or a function from the decoded input of the route to credits, such as
   * `({ n = 3 }: Music.Input) => n * 1188`: what is left out is priced at the most that it may come to.
   *
   * @since 0.1.0
   * @category models
   */
  Cost
}

/**
 * What each caller may spend.
 *
 * @since 0.1.0
 * @category models
 */
export interface Credits<C extends Caller> {
  /** The credits that this caller may spend in all. A call that would pass it is answered with 402. */
  readonly limit: (caller: C) => number
  /**
   * What one call of each listed `once` route costs, by the route's key: a number, or for a route of JSON what its decoded
   * input makes of it, where values of the path and the query are strings. An input that does not decode is answered with
   * 400. Files are not read: where the page chooses how much it asks for, name the most that you let it cost.
   */
  readonly costs: Readonly<Record<string, Cost>>
  /** Default: in memory, for as long as the layer lives. */
  readonly store?: CreditStore.CreditStore | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options<C extends Caller, R = never> {
  readonly apiKey: Redacted.Redacted
  /** Default `https://api.cheapaiapi.com`. */
  readonly baseUrl?: string | undefined
  /** All that may be called. */
  readonly routes: ReadonlyArray<Route.Any>
  /**
   * Who calls, and whether they may: by a session, never by the key. Which tasks are whose only the application knows. The
   * body of the request is not to be read.
   */
  readonly authorize: (request: HttpServerRequest.HttpServerRequest, call: Call) => Effect.Effect<C, Refusal, R>
  readonly credits?: Credits<C> | undefined
  /** The largest body of a request, in bytes. Default 25 MiB. JSON is read whole, and bounded by 256 KiB besides. */
  readonly maxBodySize?: number | undefined
  /**
   * Default `attempt` 55 seconds, a little less than a page waits, and `idle` 30 seconds, which `authorize` and the booking
   * of credits may take too.
   */
  readonly timeouts?: Pick<CheapAiConfig.Timeouts, "attempt" | "idle"> | undefined
  /** Runs for every paid task as soon as its id is known, before the page is answered, and also when the page has gone. */
  readonly onSubmitted?: ((task: Task.Stored, caller: C) => Effect.Effect<unknown, never, R>) | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly handle: HttpApp.Default<never, Scope.Scope>
}

/**
 * A proxy with its key, for `httpApp`.
 *
 * @since 0.1.0
 * @category models
 */
export class ReverseProxy extends Context.Tag("@effect-cheapai/browser/ReverseProxy")<ReverseProxy, Service>() {}

const defaults = { maxBodySize: 25 * 1024 * 1024, attempt: "55 seconds", idle: "30 seconds" } as const

const checkCosts = <C extends Caller, R>({ credits, routes }: Options<C, R>) => {
  if (credits === undefined) return Effect.void
  const faults = routes
    .filter(({ replay }) => replay === "once")
    .flatMap((route) => faultOf(route, credits.costs[route.key]) ?? [])
  return faults.length === 0
    ? Effect.void
    : Effect.fail(ConfigError.InvalidData(["credits", "costs"], faults.join("; ")))
}

const upstreamOf = <C extends Caller, R>({ timeouts = {}, ...options }: Options<C, R>) =>
  Effect.gen(function* () {
    const key = yield* CheapAiConfig.checkCredential("apiKey", options.apiKey)
    const baseUrl = yield* CheapAiConfig.checkBaseUrl(options.baseUrl ?? CheapAiConfig.defaults.baseUrl)
    // The platform's own span would hold the address, the query and all headers.
    const client = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
    return {
      client: HttpClient.withScope(client),
      adapter: yield* Transport.Transport,
      baseUrl,
      key,
      mask: Mask.make(key),
      limits: {
        maxBodySize: options.maxBodySize ?? defaults.maxBodySize,
        idle: Duration.decode(timeouts.idle ?? defaults.idle)
      },
      attempt: Duration.decode(timeouts.attempt ?? defaults.attempt),
      scope: yield* Effect.scope
    }
  })

const answerTo = (refused: Refusal): Reply => {
  const wait = retryAfterOf(refused)
  return refusal(
    refused.status,
    refused.message,
    Duration.equals(wait, Duration.zero) ? {} : { "retry-after": String(Math.ceil(Duration.toSeconds(wait))) }
  )
}

const exhausted = refusal(402, "This call would cost more credits than are left to you.")

/** What the application answers with, and how long that may take. */
interface Application<R> {
  readonly context: Context.Context<R>
  readonly store: CreditStore.CreditStore
  readonly within: Duration.Duration
}

const purchaseOf = <C extends Caller, R>(
  { credits, onSubmitted }: Options<C, R>,
  { context, store, within }: Application<R>,
  bought: { readonly caller: C; readonly route: Route.Any; readonly credits: number }
): Purchase => {
  const { caller, route } = bought
  const told = onSubmitted && ((task: Task.Stored) => Effect.provide(onSubmitted(task, caller), context))
  if (credits === undefined) return { book: Effect.succeed(undefined), release: Effect.void, onSubmitted: told }
  const booking = { callerId: caller.id, credits: bought.credits, route: route.key }
  return {
    book: Effect.suspend(() => store.book(booking, credits.limit(caller))).pipe(
      Effect.map((isBooked) => (isBooked ? undefined : exhausted)),
      orUnavailableWithin(within, "Credits could not be booked"),
      Effect.merge
    ),
    release: Effect.suspend(() => store.release(booking)).pipe(
      orUnavailable("Booked credits could not be released"),
      Effect.ignore
    ),
    onSubmitted: told
  }
}

const make = <C extends Caller, R>(options: Options<C, R>) =>
  Effect.gen(function* () {
    yield* checkCosts(options)
    const upstream = yield* upstreamOf(options)
    const context = yield* Effect.context<R>()
    const store = options.credits?.store ?? (yield* CreditStore.makeInMemory)
    const within = upstream.limits.idle
    const find = Listing.make(options.routes)

    const authorized = (request: HttpServerRequest.HttpServerRequest, { route, target }: Listing.Found) =>
      Effect.suspend(() => options.authorize(request, { route, parameters: target.parameters })).pipe(
        Effect.mapError(answerTo),
        orUnavailableWithin(within, "A caller could not be authorized"),
        Effect.provide(context)
      )

    const pass = (request: HttpServerRequest.HttpServerRequest) =>
      Effect.gen(function* () {
        yield* hideRequest(request)
        const { call: received, caller } = yield* receive(
          upstream,
          request,
          find(request.method, request.url),
          (found) => authorized(request, found)
        )
        const { route } = received
        if (route.replay === "safe") return yield* read(upstream, received)
        const { call, credits } = yield* price(options.credits?.costs[route.key] ?? 0, received)
        const purchase = purchaseOf(options, { context, store, within }, { caller, route, credits })
        const reply = yield* submit(upstream, call, purchase)
        return toResponse(reply, upstream.mask)
      }).pipe(Effect.catchAll((reply) => Effect.succeed(toResponse(reply, upstream.mask))))

    return { handle: Effect.interruptible(Effect.flatMap(HttpServerRequest.HttpServerRequest, pass)) }
  })

/**
 * A proxy over the `HttpClient` in the context, which follows no redirect of the service. Submits that have left live as
 * long as the layer, whatever becomes of their pages. A bad key or base URL, or a cost that is missing, is a `ConfigError`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <C extends Caller, R = never>(
  options: Options<C, R>
): Layer.Layer<ReverseProxy, ConfigError.ConfigError, HttpClient.HttpClient | R> =>
  Layer.scoped(ReverseProxy, make(options))

/**
 * Passes calls on; mount it in your own server, at the path that the page has as its `baseUrl`. What is not passed on is
 * answered in the service's own JSON: 404 and 405 to a call that is not listed, 402 to one over the caller's credits, 413 to
 * a body that is too large, 415 to one of another type, 503 when the service can't have got the call, 504 when it may have.
 *
 * @since 0.1.0
 * @category constructors
 */
export const httpApp: HttpApp.Default<never, ReverseProxy | Scope.Scope> = Effect.flatMap(
  ReverseProxy,
  ({ handle }) => handle
).pipe(HttpMiddleware.withLoggerDisabled)
