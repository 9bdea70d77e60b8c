/** Uploads that somebody watches: XMLHttpRequest sees their bytes leave, and `fetch` does not. */
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Effect from "effect/Effect"

const encoder = new TextEncoder()

const changed = (xhr: XMLHttpRequest): Promise<Event> =>
  new Promise((resolve) => xhr.addEventListener("readystatechange", resolve, { once: true }))

const isArriving = ({ HEADERS_RECEIVED, LOADING, readyState }: XMLHttpRequest): boolean =>
  readyState === HEADERS_RECEIVED || readyState === LOADING

/**
 * The reply's bytes as they arrive. A stream that fails drops what nobody has read yet, so each piece is handed over only
 * when it is asked for: of a reply that breaks off, all that came is read.
 */
const received = (xhr: XMLHttpRequest): ReadableStream<Uint8Array> => {
  let text = ""
  let read = 0
  xhr.addEventListener("readystatechange", () => {
    if (xhr.status !== 0) text = xhr.responseText
  })
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    while (read === text.length && isArriving(xhr)) await changed(xhr)
    if (read < text.length) {
      controller.enqueue(encoder.encode(text.slice(read)))
      read = text.length
    } else if (xhr.status === 0) controller.error(new TypeError("The reply broke off"))
    else controller.close()
  }
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

const headersOf = (lines: string): Headers =>
  new Headers(
    Array.from(lines.matchAll(/^([^:\r\n]+):(.*)$/gm), ([, name = "", value = ""]): [string, string] => [
      name,
      value.trim()
    ])
  )

/** The constructor of `Response` refuses statuses that a server may well send. */
const replyOf = (xhr: XMLHttpRequest): Effect.Effect<Response> => {
  const { status } = xhr
  const headers = xhr.getAllResponseHeaders()
  const body = received(xhr)
  return Effect.sync(() =>
    Object.defineProperty(new Response(body, { headers: headersOf(headers) }), "status", { value: status })
  )
}

/** After a 307 Chromium sends the body once more, and counts from 0 again: what all left once is all. */
const report = ({ upload }: XMLHttpRequest, { uploaded }: Transport.InFlight): void => {
  uploaded(0, false)
  upload.onprogress = ({ loaded }) => uploaded(loaded, false)
  upload.onload = ({ loaded }) => {
    upload.onprogress = null
    uploaded(loaded, true)
  }
}

/** Ends with the head of the reply. A redirect has been followed by then; it ends as the ones that `fetch` hides do. */
const send = (
  { headers, method }: HttpClientRequest,
  address: string,
  of: {
    readonly body: XMLHttpRequestBodyInit | null
    readonly inFlight: Transport.InFlight
    readonly signal: AbortSignal
  }
): Effect.Effect<Response, "failed"> =>
  Effect.async((resume) => {
    const xhr = new XMLHttpRequest()
    xhr.onreadystatechange = () => {
      if (xhr.readyState !== xhr.HEADERS_RECEIVED) return
      if (xhr.responseURL === "" || xhr.responseURL === address) return resume(replyOf(xhr))
      resume(Effect.sync(() => Response.error()))
      xhr.abort()
    }
    xhr.onloadend = () => resume(Effect.fail("failed"))
    of.signal.addEventListener("abort", () => xhr.abort())
    xhr.open(method, address)
    for (const [name, value] of Object.entries(headers)) {
      if (name !== "content-length") xhr.setRequestHeader(name, value)
    }
    xhr.overrideMimeType("text/plain; charset=utf-8")
    report(xhr, of.inFlight)
    xhr.send(of.body)
  })

const bodyOf = (body: HttpBody.HttpBody): XMLHttpRequestBodyInit | null | undefined => {
  if (body._tag === "Empty") return null
  if (body._tag === "Uint8Array") return new Uint8Array(body.body)
  return body._tag === "Raw" && body.body instanceof Blob ? body.body : undefined
}

const client = HttpClient.make((request, url, signal) =>
  Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
    const body = bodyOf(request.body)
    if (body === undefined) return Effect.fail(new RequestError({ request, reason: "Encode" }))
    return Effect.mapBoth(send(request, url.href.replace(/#.*/, ""), { body, inFlight, signal }), {
      onFailure: () => new RequestError({ request, reason: "Transport" }),
      onSuccess: (response) => HttpClientResponse.fromWeb(request, response)
    })
  })
)

/** A worker may have no XMLHttpRequest: there an upload is sent, and not shown. */
export const whenWatched = (fetch: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(fetch, (effect, request) =>
    Effect.flatMap(Transport.CurrentRequest, ({ isWatched }) =>
      isWatched && typeof XMLHttpRequest === "function" ? client.execute(request) : effect
    )
  )
