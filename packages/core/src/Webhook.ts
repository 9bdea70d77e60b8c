/**
 * Notifications of finished tasks. The service posts them unsigned, so one is only a hint: it wakes whoever awaits the
 * task, and the task is fetched before it is believed. Polling finishes a task without them.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as ConfigError from "effect/ConfigError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { checkBaseUrl } from "./CheapAiConfig.js"
import { InvalidInputError } from "./CheapAiError.js"
import { parseJson } from "./internal/errorBody.js"
import { issuesOf, sentenceOf } from "./internal/issues.js"
import { makeReceiver, Webhook } from "./internal/webhookReceiver.js"
import { Id, optionalNumber, optionalString } from "./internal/wire.js"

/**
 * What a notification claims of a task. Fetch the task before you believe it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Notification = Schema.Struct({
  taskId: Schema.propertySignature(Id).pipe(Schema.fromKey("id")),
  status: Schema.String,
  type: optionalString,
  creditCost: optionalNumber.pipe(Schema.fromKey("credit_cost"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Notification = typeof Notification.Type

/**
 * Reads the body of a notification, as text or as parsed JSON: for servers that do without `httpApp`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const decode = (body: unknown): Either.Either<Notification, InvalidInputError> =>
  Either.mapLeft(
    Schema.decodeUnknownEither(Notification)(typeof body === "string" ? parseJson(body) : body),
    (error) => {
      const issues = issuesOf(error)
      return new InvalidInputError({
        message: `This is no notification of a task. ${sentenceOf(issues)}`,
        replay: "safe",
        issues
      })
    }
  )

export {
  /**
   * The receiver of one program: what `httpApp` notifies, and what those who await a task listen to.
   *
   * @since 0.1.0
   * @category models
   */
  Webhook
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Where `httpApp` is reached from outside: `https://example.com/hooks/cheapai`. */
  readonly publicUrl: string
  /**
   * The last segment of the address that the service is given; at least 32 characters of `A–Z a–z 0–9 - _`. Default: random,
   * so that notifications of tasks from before a restart are refused. Set it where several processes share the address.
   */
  readonly token?: Redacted.Redacted | undefined
}

const refused = (path: string, message: string) => ConfigError.InvalidData([path], message)

const randomToken = Effect.sync(() => Encoding.encodeBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(32))))

const checkToken = (token: Redacted.Redacted) =>
  /^[\w-]{32,}$/.test(Redacted.value(token))
    ? Effect.succeed(Redacted.value(token))
    : Effect.fail(refused("token", "must have at least 32 characters, of A–Z a–z 0–9 - and _"))

const checkPublicUrl = (publicUrl: string) =>
  Either.mapLeft(checkBaseUrl(publicUrl), () =>
    refused(
      "publicUrl",
      "must be an address of https (http for this machine only) without user name, query and fragment"
    )
  )

/**
 * Adds `receive_url` to every submit that takes one and has none, and lets notifications wake whoever awaits a task.
 * Build it once, for the program and for the server that `httpApp` runs in: each build has its own token and listeners.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Webhook, ConfigError.ConfigError> =>
  Layer.effect(
    Webhook,
    Effect.gen(function* () {
      const publicUrl = yield* checkPublicUrl(options.publicUrl)
      const token = yield* options.token === undefined ? randomToken : checkToken(options.token)
      return makeReceiver(publicUrl, token)
    })
  )

const longestBody = 1024 * 1024
const longestRead = "10 seconds"
/** What is read of a refused body, so that the answer arrives: to stop reading would end the connection on Node. */
const drained = { bytes: 8 * longestBody, within: "20 seconds" } as const

const empty = (status: number) => HttpServerResponse.empty({ status })

type Unreadable = "too-large" | "unreadable"

const readInto = (request: HttpServerRequest.HttpServerRequest, whole: Deferred.Deferred<string, Unreadable>) => {
  const decoder = new TextDecoder()
  let text = ""
  let received = 0
  const take = (chunk: Uint8Array) => {
    received += chunk.byteLength
    if (received <= longestBody) text += decoder.decode(chunk, { stream: true })
    else Deferred.unsafeDone(whole, Effect.fail("too-large"))
    return received <= drained.bytes
  }
  return request.stream.pipe(
    Stream.runForEachWhile((chunk) => Effect.sync(() => take(chunk))),
    Effect.timeout(drained.within),
    Effect.matchEffect({
      onFailure: () => Deferred.fail(whole, "unreadable"),
      onSuccess: () => Deferred.succeed(whole, text + decoder.decode())
    })
  )
}

/** The text of a body, within bounds of size and time. The reading goes on after a refusal. */
const read = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<string, Unreadable> =>
  Effect.gen(function* () {
    const whole = yield* Deferred.make<string, Unreadable>()
    yield* Effect.forkDaemon(Effect.interruptible(readInto(request, whole)))
    return yield* Effect.timeoutFail(Effect.interruptible(Deferred.await(whole)), {
      duration: longestRead,
      onTimeout: (): Unreadable => "unreadable"
    })
  })

const lastSegment = (url: string): string => (url.split(/[?#]/)[0] ?? "").split("/").at(-1) ?? ""

/** The server's span holds the address, whose last segment is the token. */
const hideToken = Effect.annotateCurrentSpan({ "url.full": "<redacted>", "url.path": "<redacted>" })

/**
 * Receives notifications; mount it in your own server, at the path that `publicUrl` has there. It answers 204 to whatever
 * names a task, waited for or not; 404 to a wrong token; 400 and 413 to what can't be read. No answer has a body. It keeps
 * the token out of the server's log and span; a proxy before it may log addresses too.
 *
 * @since 0.1.0
 * @category constructors
 */
export const httpApp: HttpApp.Default<never, Webhook> = Effect.gen(function* () {
  const webhook = yield* Webhook
  const request = yield* HttpServerRequest.HttpServerRequest
  yield* hideToken
  if (request.method !== "POST" || !webhook.isToken(lastSegment(request.url))) return empty(404)
  if (Number(request.headers["content-length"]) > longestBody) return empty(413)
  return yield* Effect.matchEffect(read(request), {
    onFailure: (why) => Effect.succeed(empty(why === "too-large" ? 413 : 400)),
    onSuccess: (text) =>
      Either.match(decode(text), {
        onLeft: () => Effect.succeed(empty(400)),
        onRight: ({ taskId }) => Effect.as(webhook.notify(taskId), empty(204))
      })
  })
}).pipe(HttpMiddleware.withLoggerDisabled)
