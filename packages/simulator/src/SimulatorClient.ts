/**
 * The simulator as platform's `HttpClient`. Requests run in the caller's fiber, so time and interruption are the caller's;
 * they make no span of their own. Any origin is answered; only path and query count.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as BrokenConnection from "./internal/brokenConnection.js"
import * as ClientResponse from "./internal/clientResponse.js"
import type { Simulator } from "./Simulator.js"
import * as Wire from "./Wire.js"

interface Payload {
  readonly bytes: Uint8Array
  readonly contentType: string | null
}

type BodyInit = ConstructorParameters<typeof Response>[0]

/** Forms and raw bodies are encoded by the runtime's own `Response`, which also knows the multipart boundary. */
const encoded = async (body: BodyInit): Promise<Payload> => {
  const response = new Response(body)
  return { bytes: new Uint8Array(await response.arrayBuffer()), contentType: response.headers.get("content-type") }
}

const payload = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Payload, unknown> => {
  const body = request.body
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({ bytes: new Uint8Array(0), contentType: null })
    case "Uint8Array":
      return Effect.succeed({ bytes: body.body, contentType: body.contentType })
    case "Stream":
      return Effect.map(Stream.runCollect(body.stream), (chunks) => ({
        bytes: Wire.join(chunks),
        contentType: body.contentType ?? null
      }))
    case "FormData":
      return Effect.tryPromise(() => encoded(body.formData))
    case "Raw":
      // Platform types a raw body as unknown; what isn't a body after all is written as a string, as fetch does.
      return Effect.tryPromise(() => encoded(body.body as BodyInit))
  }
}

const toWire = (
  request: HttpClientRequest.HttpClientRequest,
  url: URL
): Effect.Effect<Wire.WireRequest, HttpClientError.RequestError> =>
  payload(request).pipe(
    Effect.mapError((cause) => new HttpClientError.RequestError({ request, reason: "Encode", cause })),
    Effect.map(({ bytes, contentType }) => ({
      method: request.method,
      target: url.pathname + url.search,
      headers: contentType === null ? request.headers : { "content-type": contentType, ...request.headers },
      body: bytes
    }))
  )

const fromWire = (
  request: HttpClientRequest.HttpClientRequest,
  reply: Wire.WireReply
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError> => {
  if (reply.head !== undefined) return Effect.succeed(ClientResponse.make(request, reply.head, reply))
  if (reply.end === "stall") return Effect.never
  const cause = BrokenConnection.cause(reply)
  return Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
}

const urlOf = (request: HttpClientRequest.HttpClientRequest) =>
  Either.mapLeft(
    UrlParams.makeUrl(request.url, request.urlParams, request.hash),
    (cause) => new HttpClientError.RequestError({ request, reason: "InvalidUrl", cause })
  )

/**
 * A client whose every request this simulator answers. No reply is a `RequestError` ("Transport"), a reply that breaks
 * off a `ResponseError` in its body, and a stalled one waits until it is interrupted.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (simulator: Pick<Simulator, "handle">): HttpClient.HttpClient =>
  HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
    Effect.flatMap((request) =>
      Effect.flatMap(urlOf(request), (url) => toWire(request, url)).pipe(
        Effect.flatMap(simulator.handle),
        Effect.flatMap((reply) => fromWire(request, reply))
      )
    ),
    Effect.succeed
  )

/**
 * `make` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (simulator: Pick<Simulator, "handle">): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(HttpClient.HttpClient, make(simulator))
