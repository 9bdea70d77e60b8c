import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readBody } from "../../src/internal/body.js"

const mebibyte = 1024 * 1024
const chunk = new Uint8Array(mebibyte / 16)
/** What stands ready in the stream's own buffers. */
const ahead = 4 * chunk.length

describe("of a body without end", () => {
  it.effect.each([
    ["a failure's, plain", 503, {}, 4],
    ["a failure's, compressed", 503, { "content-encoding": "gzip" }, 1],
    ["a reply's", 200, {}, 4]
  ] as const)("%s, so many MiB are read: %s", ([, status, headers, most]) =>
    Effect.gen(function* () {
      let given = 0
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          given += chunk.length
          controller.enqueue(chunk)
        }
      })
      const request = HttpClientRequest.get("https://service.test")
      yield* readBody(HttpClientResponse.fromWeb(request, new Response(body, { status, headers })))
      expect(given).toBeGreaterThan(most * mebibyte)
      expect(given).toBeLessThanOrEqual(most * mebibyte + ahead)
    })
  )
})
