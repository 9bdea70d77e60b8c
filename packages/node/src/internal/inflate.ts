/** A plain body is asked for, and undici inflates nothing: what comes compressed all the same is inflated here. */
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib"
import { ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as NodeStream from "@effect/platform-node/NodeStream"

const inflaters = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress]
])

/** The same reply with a plain stream. How much of it is read, and so inflated, the reader bounds. */
export const inflate = (response: HttpClientResponse): HttpClientResponse => {
  const inflater = inflaters.get(response.headers["content-encoding"]?.trim().toLowerCase() ?? "")
  if (inflater === undefined) return response
  const stream = NodeStream.pipeThroughDuplex(
    response.stream,
    () => inflater(),
    (cause) => new ResponseError({ request: response.request, response, reason: "Decode", cause })
  )
  return Object.create(response, { stream: { value: stream } })
}
