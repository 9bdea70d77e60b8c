/** What the way between service and client makes of a real reply: other bytes, another length, another date. */
import type { Rewrite } from "../Fault.js"
import * as Wire from "../Wire.js"
import * as RetryAfterReplies from "./retryAfterReplies.js"

const hour = 3_600_000
const dripParts = 8

const withHeader = (reply: Wire.WireReply, name: string, value: string): Wire.WireReply =>
  reply.head === undefined
    ? reply
    : { ...reply, head: { ...reply.head, headers: { ...reply.head.headers, [name]: value } } }

const withBody = (reply: Wire.WireReply, body: Uint8Array): Wire.WireReply =>
  withHeader({ ...reply, chunks: body.length === 0 ? [] : [body] }, "content-length", String(body.length))

const half = (reply: Wire.WireReply): number => Math.floor(Wire.body(reply).length / 2)

const tooLong = (reply: Wire.WireReply): Wire.WireReply =>
  withHeader({ ...reply, end: "close" }, "content-length", String(Wire.body(reply).length + 100))

const tooShort = (reply: Wire.WireReply): Wire.WireReply => {
  const length = half(reply)
  const whole = Wire.body(reply)
  return { ...withBody(reply, whole.subarray(0, length)), surplus: whole.subarray(length) }
}

/** A status no page documents. A reply that shows none stays as it is. */
const withUnknownStatus = (reply: Wire.WireReply): Wire.WireReply => {
  const text = new TextDecoder().decode(Wire.body(reply))
  const other = text.replace(/"status":"[^"]*"/, '"status":"under_review"')
  return other === text ? reply : withBody(reply, new TextEncoder().encode(other))
}

export const all: Readonly<Record<Name, Rewrite>> = {
  "body-empty": (real) => withBody(real, new Uint8Array(0)),
  "body-cut": (real) => withBody(real, Wire.body(real).subarray(0, half(real))),
  "body-mistyped": (real) => withHeader(real, "content-type", "text/html"),
  "length-long": tooLong,
  "length-short": tooShort,
  "date-ahead": (real, now) => withHeader(real, "date", RetryAfterReplies.date(now + hour)),
  "date-behind": (real, now) => withHeader(real, "date", RetryAfterReplies.date(now - hour)),
  "date-nonsense": (real) => withHeader(real, "date", "yesterday"),
  "task-status-unknown": withUnknownStatus
}

export type Name =
  | "body-empty"
  | "body-cut"
  | "body-mistyped"
  | "length-long"
  | "length-short"
  | "date-ahead"
  | "date-behind"
  | "date-nonsense"
  | "task-status-unknown"

/** The reply in eight parts, or fewer when it has fewer bytes, with a pause before each. */
export const drip = (reply: Wire.WireReply, pause: number): Wire.WireReply => {
  const whole = Wire.body(reply)
  const size = Math.max(1, Math.ceil(whole.length / dripParts))
  const count = Math.ceil(whole.length / size)
  const chunks = Array.from({ length: count }, (_, index) => whole.subarray(index * size, (index + 1) * size))
  return { ...reply, chunks, pause }
}
