/**
 * A request and a reply as they stand on the wire, with the ways in which a reply can end badly.
 * What a request means is the simulator's business; how an end is played out is each face's.
 *
 * @since 0.1.0
 */

/**
 * What arrives first of a request: `target` is path and query exactly as sent, header names are lower-case.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireRequestHead {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * One request as it arrived, whole.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireRequest extends WireRequestHead {
  readonly body: Uint8Array
}

/**
 * The status and headers of a reply; header names are lower-case.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * How a reply ends once its chunks are out: properly, by an early FIN, by an RST, or never.
 *
 * @since 0.1.0
 * @category models
 */
export type WireEnd = "complete" | "close" | "reset" | "stall"

/**
 * One reply. Without a head nothing but a surplus is sent before the end happens, and `complete` means `close`.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireReply {
  readonly head?: WireHead
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly end: WireEnd
  /** Milliseconds of Effect's Clock before each chunk. Default 0. */
  readonly pause?: number
  /** Whether the connection broke before the request was read, so that it cannot have been carried out. Default false. */
  readonly isUnread?: boolean
  /**
   * Bytes on the wire beyond `content-length`, or without a head: no client of HTTP reads them as body, and the connection
   * ends after them.
   */
  readonly surplus?: Uint8Array
}

const chunkSize = 16 * 1024

const split = (body: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(body.length / chunkSize) }, (_, index) =>
    body.subarray(index * chunkSize, (index + 1) * chunkSize)
  )

/**
 * A complete reply of the given bytes, in chunks of at most 16 KiB, with its `content-length`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const bytes = (
  status: number,
  contentType: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {}
): WireReply => ({
  head: { status, headers: { "content-type": contentType, "content-length": String(body.length), ...headers } },
  chunks: split(body),
  end: "complete"
})

/**
 * A complete reply of plain text.
 *
 * @since 0.1.0
 * @category constructors
 */
export const text = (status: number, body: string, headers?: Readonly<Record<string, string>>): WireReply =>
  bytes(status, "text/plain; charset=utf-8", new TextEncoder().encode(body), headers)

/**
 * A complete reply of an HTML page, as proxies send them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const html = (status: number, body: string, headers?: Readonly<Record<string, string>>): WireReply =>
  bytes(status, "text/html", new TextEncoder().encode(body), headers)

/**
 * A complete reply of JSON. The body must be something `JSON.stringify` can write.
 *
 * @since 0.1.0
 * @category constructors
 */
export const json = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): WireReply =>
  bytes(status, "application/json", new TextEncoder().encode(JSON.stringify(body)), headers)

/**
 * No reply at all: the connection is closed, reset, or left hanging.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nothing = (end: Exclude<WireEnd, "complete">): WireReply => ({ chunks: [], end })

/**
 * No reply to a request that was not read: an RST while it was being sent.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unread: WireReply = { chunks: [], end: "reset", isUnread: true }

/**
 * All bytes of a reply's body in one array.
 *
 * @since 0.1.0
 * @category combinators
 */
export const body = (reply: WireReply): Uint8Array<ArrayBuffer> => join(reply.chunks)

/**
 * Several byte arrays as one.
 *
 * @since 0.1.0
 * @category combinators
 */
export const join = (chunks: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> => {
  const parts = Array.from(chunks)
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/**
 * The reply's head with the length of the whole body, the first half of that body, then the given end.
 *
 * @since 0.1.0
 * @category combinators
 */
export const cut = (reply: WireReply, end: Exclude<WireEnd, "complete">): WireReply => {
  if (reply.head === undefined) return nothing(end)
  const whole = body(reply)
  const headers = { "content-length": String(whole.length), ...reply.head.headers }
  return {
    head: { status: reply.head.status, headers },
    chunks: split(whole.subarray(0, Math.floor(whole.length / 2))),
    end
  }
}
