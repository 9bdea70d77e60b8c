/** A plain body is asked for, and undici inflates nothing: what comes compressed all the same is inflated here. */
import type { Duplex } from "node:stream"
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib"
import { ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const inflaters = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress]
])

/** platform-node's pipe writes on without this: a whole body could wait in memory for a slow reader. */
const drained = (inflater: Duplex): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (!inflater.writableNeedDrain) return resume(Effect.void)
    const proceed = () => resume(Effect.void)
    inflater.once("drain", proceed).once("close", proceed)
    return Effect.sync(() => inflater.off("drain", proceed).off("close", proceed))
  })

/** The same reply with a plain stream. How much of it is read, and so inflated, the reader bounds. */
export const inflate = (response: HttpClientResponse): HttpClientResponse => {
  const create = inflaters.get(response.headers["content-encoding"]?.trim().toLowerCase() ?? "")
  if (create === undefined) return response
  const failed = (cause: unknown) => new ResponseError({ request: response.request, response, reason: "Decode", cause })
  const stream = Stream.suspend(() => {
    const inflater = create()
    return NodeStream.pipeThroughDuplex(
      Stream.tap(response.stream, () => drained(inflater)),
      () => inflater,
      failed
    )
  })
  return Object.create(response, { stream: { value: stream } })
}
