/** What the page is answered: the service's reply without what is not for the page, or a refusal in the service's JSON. */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type * as Stream from "effect/Stream"
import type { Mask } from "./mask.js"

type Headers = Readonly<Record<string, string | undefined>>

export interface Head {
  readonly status: number
  readonly headers: Headers
}

export interface Reply extends Head {
  readonly body: Uint8Array
}

const passed = [
  "allow",
  "cf-ray",
  "content-type",
  "date",
  "request-id",
  "retry-after",
  "retry-after-ms",
  "x-request-id"
] as const

/** Replies are one caller's own, and no documents of the page's origin. */
const ours = { "cache-control": "no-store", "x-content-type-options": "nosniff" }

export const refusal = (status: number, error: string, headers: Headers = {}): Reply => ({
  status,
  headers: { ...headers, "content-type": "application/json" },
  body: new TextEncoder().encode(JSON.stringify({ success: false, error }))
})

/** Servers refuse to send any other status, and these three with a body. */
export const isSendable = (status: number): boolean => status >= 200 && status <= 599
const isBodiless = (status: number): boolean => [204, 205, 304].includes(status)

const headersFor = ({ headers }: Head, mask: Mask): Record<string, string> => ({
  ...ours,
  ...Object.fromEntries(
    passed.flatMap((name) => {
      const value = headers[name]
      return value === undefined || mask.holdsSecret(value) ? [] : [[name, value]]
    })
  )
})

const lengthOf = ({ headers }: Head): number | undefined => {
  const length = headers["content-length"]
  // What came compressed has been inflated by now.
  return length !== undefined && /^\d+$/.test(length) && headers["content-encoding"] === undefined
    ? Number(length)
    : undefined
}

export const toResponse = (reply: Reply, mask: Mask): HttpServerResponse.HttpServerResponse => {
  const { "content-type": contentType, ...headers } = headersFor(reply, mask)
  return isBodiless(reply.status)
    ? HttpServerResponse.empty({ status: reply.status, headers })
    : HttpServerResponse.uint8Array(reply.body, { status: reply.status, headers, contentType })
}

export const toStreamed = <E>(
  head: Head,
  body: Stream.Stream<Uint8Array, E>,
  mask: Mask
): HttpServerResponse.HttpServerResponse => {
  const { "content-type": contentType, ...headers } = headersFor(head, mask)
  return isBodiless(head.status)
    ? HttpServerResponse.empty({ status: head.status, headers })
    : HttpServerResponse.stream(mask.hide(body), {
        status: head.status,
        headers,
        contentType,
        contentLength: lengthOf(head)
      })
}
