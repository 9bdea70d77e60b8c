/** What keeps a `fetch` from sending a request twice by itself: some do, when a connection that was kept open breaks. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"

/** No redirect is followed: of a POST, `fetch` would make a GET. */
export const init: RequestInit = { redirect: "manual" }

/** Deno 2.9 sends a string or bytes again, billed or not, and a `Blob` only once. */
const asBlob = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest => {
  const { body } = request
  if (body._tag !== "Uint8Array") return request
  const { contentLength, contentType } = body
  const blob = new Blob([new Uint8Array(body.body)], { type: contentType })
  return HttpClientRequest.setBody(request, HttpBody.raw(blob, { contentLength, contentType }))
}

/** Bun 1.4 sends a DELETE again, unless its connection is a fresh one: there `keepalive` means that. */
const fresh = { ...init, keepalive: false }

export const fetchOnce = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  client.pipe(
    HttpClient.transform((effect, { method }) =>
      method === "GET" ? effect : Effect.provideService(effect, FetchHttpClient.RequestInit, fresh)
    ),
    HttpClient.mapRequest(asBlob)
  )
