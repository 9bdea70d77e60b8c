/** The service as an `HttpClient` of the test's own: it keeps what was sent and answers as it is told. */
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

export interface Sent {
  readonly request: HttpClientRequest
  readonly url: string
  readonly body: string
}

export type Answer = (
  request: HttpClientRequest
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError>

const textOf = ({ body }: HttpClientRequest) => {
  if (body._tag === "Uint8Array") return Effect.succeed(new TextDecoder().decode(body.body))
  return body._tag === "Stream"
    ? Effect.orElseSucceed(Stream.mkString(Stream.decodeText(body.stream)), () => "cut")
    : Effect.succeed("")
}

export const make = (
  answer: Answer
): { readonly sent: ReadonlyArray<Sent>; readonly layer: Layer.Layer<HttpClient.HttpClient> } => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request, { href }) =>
    Effect.flatMap(textOf(request), (body) => {
      sent.push({ request, url: href, body })
      return answer(request)
    })
  )
  return { sent, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

export const reply =
  (body: string | null, init?: ResponseInit): Answer =>
  (request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, init)))

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  reply(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } })

const replyOf =
  (body: string, end: (controller: ReadableStreamDefaultController) => void, init?: ResponseInit): Answer =>
  (request) =>
    Effect.sync(() => {
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(body)),
        pull: end
      })
      return HttpClientResponse.fromWeb(request, new Response(stream, init))
    })

/** Goes on for ever. */
export const streaming =
  (next: () => Uint8Array): Answer =>
  (request) =>
    Effect.sync(() => {
      const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(next())
      return HttpClientResponse.fromWeb(request, new Response(new ReadableStream({ pull }, { highWaterMark: 0 })))
    })

/** Reads no body. */
export const unread = (answer: Effect.Effect<never>): { readonly layer: Layer.Layer<HttpClient.HttpClient> } => ({
  layer: Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make(() => answer)
  )
})

/** Breaks off behind this much. */
export const breaking = (body: string, init?: ResponseInit): Answer =>
  replyOf(body, (controller) => controller.error(new Error("broken")), init)

/** Nothing comes behind this much. */
export const stalling = (body: string): Answer => replyOf(body, () => {})

/** The constructor of `Response` refuses statuses that a server may well send. */
export const status =
  (status: number): Answer =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(request, Object.defineProperty(new Response("?"), "status", { value: status }))
    )
