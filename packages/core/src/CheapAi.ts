/**
 * The service that sends: `execute(route, input)` is the only way out, and the combinators here set what the calls inside
 * an effect do. From the outside in: total time → retries within the budget → a turn of the limiter → one attempt within its
 * time → one request.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpTraceContext from "@effect/platform/HttpTraceContext"
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Attempt } from "./Attempt.js"
import * as CheapAiConfig from "./CheapAiConfig.js"
import type { CallError, DownloadError, InvalidInputError } from "./CheapAiError.js"
import * as CreditLimit from "./CreditLimit.js"
import { amend, CallOptions } from "./internal/callOptions.js"
import { executeWith } from "./internal/execute.js"
import * as FetchOnce from "./internal/fetchOnce.js"
import * as openFile from "./internal/openFile.js"
import * as PollPace from "./internal/pollPace.js"
import { prepare } from "./internal/request.js"
import type { StoredTask } from "./internal/storedTask.js"
import { tell } from "./internal/submitted.js"
import { type Receiver, Webhook } from "./internal/webhookReceiver.js"
import * as Limiter from "./Limiter.js"
import * as RetryBudget from "./RetryBudget.js"
import type { AnyPolicy } from "./RetryPolicy.js"
import type { Route } from "./Route.js"
import { Transport } from "./Transport.js"
import type { Progress } from "./Upload.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Sends one call. The input is checked first: what is wrong with it fails before anything is sent. */
  readonly execute: <I, A>(route: Route<I, A>, input: I) => Effect.Effect<A, CallError>
  /** Opens a result file, without the key. Its bytes must be read, or the connection stays busy: use `Download`. */
  readonly openFile: (url: URL) => Effect.Effect<OpenedFile, DownloadError>
  /** The pace that all polls of this client keep. Without one they keep none. */
  readonly pollPace?: PollPace.PollPace | undefined
  /** Of webhooks, when the layer was built with one; one in the caller's context goes before it. */
  readonly receiver?: Receiver | undefined
}

/**
 * A result file whose bytes have not been read yet.
 *
 * @since 0.1.0
 * @category models
 */
export type OpenedFile = openFile.OpenedFile

/**
 * The service that every function of the library needs, and nothing else.
 *
 * @since 0.1.0
 * @category models
 */
export class CheapAi extends Context.Tag("@effect-cheapai/core/CheapAi")<CheapAi, Service>() {}

/**
 * Sends one call through the service in the context: for routes of one's own.
 *
 * @since 0.1.0
 * @category combinators
 */
export const execute = <I, A>(route: Route<I, A>, input: I): Effect.Effect<A, CallError, CheapAi> =>
  Effect.flatMap(CheapAi, (service) => service.execute(route, input))

/**
 * Checks an input as `execute` does, and sends nothing.
 *
 * @since 0.1.0
 * @category combinators
 */
export const validate = <I, A>(route: Route<I, A>, input: I): Effect.Effect<void, InvalidInputError> =>
  Effect.asVoid(prepare(CheapAiConfig.defaults.baseUrl, route, input))

/**
 * Tells those whom `onSubmitted` named of a task: for services that replace this one.
 *
 * @since 0.1.0
 * @category testing
 */
export const announceTask = (task: StoredTask): Effect.Effect<void> =>
  Effect.flatMap(CallOptions, (settings) => tell(settings.onSubmitted, task))

/**
 * What `make` takes: `credential` stands behind `Bearer`; without one no `Authorization` is sent, for servers of one's own
 * that add the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface MakeOptions extends CheapAiConfig.Settings {
  readonly credential?: Redacted.Redacted | undefined
}

const withTracing = (client: HttpClient.HttpClient, { propagateTrace }: MakeOptions) =>
  propagateTrace === true ? HttpClient.mapRequestEffect(client, withTrace) : client

const withTrace = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.map(Effect.option(Effect.currentSpan), (span) =>
    Option.match(span, {
      onNone: () => request,
      onSome: (current) => HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(current))
    })
  )

/**
 * Builds the service. Requests that must not be lost live as long as the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: MakeOptions): Effect.Effect<Service, ConfigError, HttpClient.HttpClient | Scope.Scope> =>
  Effect.gen(function* () {
    const baseUrl = yield* CheapAiConfig.checkBaseUrl(options.baseUrl ?? CheapAiConfig.defaults.baseUrl)
    const credential =
      options.credential === undefined ? undefined : yield* CheapAiConfig.checkCredential("apiKey", options.credential)
    const { limiter } = options
    // The platform's own span would hold the address, the query and all headers: ours replaces it.
    const plain = HttpClient.withTracerDisabledWhen(yield* HttpClient.HttpClient, () => true)
    const client = {
      http: withTracing(plain, options),
      files: plain,
      adapter: yield* Transport,
      scope: yield* Effect.scope,
      settings: options,
      budget: yield* RetryBudget.make(options.retryBudget),
      limiter: limiter === undefined ? undefined : yield* Limiter.make(limiter),
      baseUrl,
      credential,
      receiver: Option.getOrUndefined(yield* Effect.serviceOption(Webhook))
    }
    return {
      execute: executeWith(client),
      openFile: openFile.openFileWith(client),
      pollPace: yield* PollPace.make,
      receiver: client.receiver
    }
  })

const makeWithKey = (options: CheapAiConfig.Options) =>
  Effect.gen(function* () {
    const service = yield* make({ ...options, credential: options.apiKey })
    if (!CheapAiConfig.isSecretKey(options.apiKey)) {
      yield* Effect.logWarning("The API key does not begin with 'sk_': check that it is a CheapAI key")
    }
    return service
  })

/**
 * The service for a given key, over the `HttpClient` in the context. Adapters bring theirs with layers of their own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: CheapAiConfig.Options): Layer.Layer<CheapAi, ConfigError, HttpClient.HttpClient> =>
  Layer.scoped(CheapAi, makeWithKey(options))

/**
 * The same with options from a `Config`; by default `CHEAPAI_API_KEY` and `CHEAPAI_BASE_URL`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: Config.Config<CheapAiConfig.Options> = CheapAiConfig.fromEnvironment
): Layer.Layer<CheapAi, ConfigError, HttpClient.HttpClient> => Layer.unwrapEffect(Effect.map(config, layer))

/**
 * A plain `fetch` that follows no redirect: for Bun, Deno, workers and servers without an adapter. It can't prove that a
 * request never left, so more outcomes are `"unknown"`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options: CheapAiConfig.Options): Layer.Layer<CheapAi, ConfigError> =>
  Layer.provide(layer(options), layerFetchClient)

/**
 * The `HttpClient` of `layerFetch`, for adapters that use fetch.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetchClient: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, FetchOnce.fetchOnce)
).pipe(Layer.provide(FetchHttpClient.layer), Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, FetchOnce.init)))

/**
 * Retries the calls inside the effect by this policy.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withRetryPolicy =
  <RP = never>(policy: AnyPolicy<RP>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | RP> =>
    Effect.contextWithEffect((context: Context.Context<RP>) => {
      const provided =
        "schedule" in policy
          ? { ...policy, schedule: Schedule.provideContext(policy.schedule, context) }
          : Schedule.provideContext(policy, context)
      return amend((current) => ({ ...current, retry: provided }))(effect)
    })

/**
 * Bounds the calls inside the effect in time; what is left out stays as it was. Polls of a task keep their own bounds.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withTimeouts =
  (timeouts: CheapAiConfig.Timeouts) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    amend((current) => ({
      ...current,
      timeouts: {
        attempt: timeouts.attempt ?? current.timeouts.attempt,
        total: timeouts.total ?? current.timeouts.total,
        idle: timeouts.idle ?? current.timeouts.idle
      }
    }))(effect)

/**
 * Bounds what the calls inside the effect may cost together, in credits; parallel fibers never pass it. Each `once` call
 * needs `withExpectedCredits`, and one that the limit does not allow fails with `CreditLimitError` before anything is sent.
 * A request that failed on the service's side, or whose outcome is unknown, stays booked: it may have been charged. A task
 * awaited inside books what it did cost. With limits inside of limits, each holds, once.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withCreditLimit =
  (limit: { readonly credits: number } | CreditLimit.CreditLimit) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap("booked" in limit ? Effect.succeed(limit) : CreditLimit.make(limit), (made) =>
      amend((current) =>
        current.creditLimits.includes(made) ? current : { ...current, creditLimits: [made, ...current.creditLimits] }
      )(effect)
    )

/**
 * Says what each `once` call inside the effect is expected to cost, for `withCreditLimit`; 0 for one that costs nothing.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withExpectedCredits =
  (credits: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    amend((current) => ({ ...current, expectedCredits: credits }))(effect)

/**
 * Shows every attempt of the calls inside the effect as it ends, on success too. The call waits for `f`, within its total
 * time. An attempt that this time cut short is in the error's `attempts` alone.
 *
 * @since 0.1.0
 * @category combinators
 */
export const tapAttempt =
  <RF>(f: (attempt: Attempt) => Effect.Effect<unknown, never, RF>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | RF> =>
    Effect.contextWithEffect((context: Context.Context<RF>) =>
      amend((current) => ({
        ...current,
        taps: [...current.taps, (attempt) => Effect.provide(f(attempt), context)]
      }))(effect)
    )

/**
 * Runs `f` for every paid task that the effect creates: before its caller goes on (who waits for it within the call's
 * total time), and also when the caller was interrupted while the request was under way. `f` runs to its end whatever
 * becomes of the caller; a fault in it is logged.
 *
 * @since 0.1.0
 * @category combinators
 */
export const onSubmitted =
  <RF>(f: (task: StoredTask) => Effect.Effect<unknown, never, RF>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | RF> =>
    Effect.contextWithEffect((context: Context.Context<RF>) =>
      amend((current) => ({
        ...current,
        onSubmitted: [...current.onSubmitted, (task) => Effect.provide(f(task), context)]
      }))(effect)
    )

/**
 * Shows how far the uploads inside the effect are: in node as bytes are handed to the connection, in a page as they leave.
 * A plain fetch shows nothing. Where `f` is slower than the upload, it sees the newest state only; a fault in it is logged.
 *
 * @since 0.1.0
 * @category combinators
 */
export const onUpload =
  <RF>(f: (progress: Progress) => Effect.Effect<unknown, never, RF>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | RF> =>
    Effect.contextWithEffect((context: Context.Context<RF>) =>
      amend((current) => ({
        ...current,
        onUpload: [...current.onUpload, (progress) => Effect.provide(f(progress), context)]
      }))(effect)
    )
