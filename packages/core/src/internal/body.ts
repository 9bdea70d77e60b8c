/** Reads a reply's body within bounds of size and time. What is read is never lost to how the reading ended. */
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { isSuccessStatus } from "../CheapAiError.js"

export interface Body {
  readonly text: string
  readonly end: "complete" | "too-long" | "too-late" | "broken"
}

const mebibyte = 1024 * 1024

/**
 * Of a failed reply little is kept; the rest is read all the same, because an unread body holds its socket. Less of one
 * that comes compressed, though a plain one was asked for: it costs its sender a thousandth of what it inflates to.
 */
const boundsOf = ({ headers, status }: HttpClientResponse) => {
  if (isSuccessStatus(status)) return { keep: 4 * mebibyte, read: 4 * mebibyte, within: undefined }
  const read = headers["content-encoding"] === undefined ? 4 * mebibyte : mebibyte
  return { keep: 8192, read, within: "1 second" as const }
}

export const readBody = (response: HttpClientResponse): Effect.Effect<Body> => {
  const bounds = boundsOf(response)
  const decoder = new TextDecoder()
  let text = ""
  let kept = 0
  let read = 0
  const take = (chunk: Uint8Array) => {
    const part = chunk.subarray(0, bounds.keep - kept)
    text += decoder.decode(part, { stream: true })
    kept += part.length
    read += chunk.length
    return read <= bounds.read
  }
  const reading = response.stream.pipe(
    Stream.runForEachWhile((chunk) => Effect.sync(() => take(chunk))),
    Effect.match({
      onSuccess: (): Body["end"] => (read > bounds.read ? "too-long" : "complete"),
      // Over fetch a reply without a body has no stream at all.
      onFailure: (cause): Body["end"] => (cause.reason === "EmptyBody" ? "complete" : "broken")
    })
  )
  const bounded =
    bounds.within === undefined
      ? reading
      : Effect.timeoutTo(reading, {
          duration: bounds.within,
          onSuccess: (end) => end,
          onTimeout: (): Body["end"] => "too-late"
        })
  return Effect.map(bounded, (end) => ({ text: text + decoder.decode(), end }))
}
