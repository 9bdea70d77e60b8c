import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as NodeCheapAi from "../src/NodeCheapAi.js"
import * as Client from "./client.js"
import * as FaultServer from "./faultServer.js"

/** Compresses although it was asked not to. */
const compressing = (status: number, body: string | Buffer) =>
  Effect.acquireRelease(
    Effect.async<{ readonly baseUrl: string; readonly close: () => void }>((resume) => {
      const server = createServer((request, response) => {
        request.resume()
        response.writeHead(status, { "content-type": "application/json", "content-encoding": "gzip" })
        response.end(typeof body === "string" ? gzipSync(body) : body)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo // of a server that listens on a port
        resume(Effect.succeed({ baseUrl: `http://127.0.0.1:${port}`, close: () => server.closeAllConnections() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const submitTo = (baseUrl: string) =>
  Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
    CheapAi.withRetryPolicy(RetryPolicy.none),
    Effect.provide(NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl }))
  )

describe("a reply that is compressed although a plain one was asked for", () => {
  it.scopedLive("still gives the task", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* compressing(200, '{"success":true,"task_id":"t-1"}')
      expect((yield* submitTo(baseUrl)).id).toBe("t-1")
    })
  )

  it.scopedLive("still gives the service's message", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* compressing(500, '{"success":false,"error":"It broke"}')
      expect(yield* Effect.flip(submitTo(baseUrl))).toMatchObject({ message: "It broke", outcome: "failed" })
    })
  )

  it.scopedLive("that inflates without end is a typed error", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* compressing(200, gzipSync(Buffer.alloc(64 * 1024 * 1024)))
      expect(yield* Effect.flip(submitTo(baseUrl))).toMatchObject({ _tag: "InvalidResponseError", outcome: "unknown" })
    })
  )

  it.scopedLive("that is no gzip at all is a typed error", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* compressing(200, Buffer.from("not compressed"))
      expect(yield* Effect.flip(submitTo(baseUrl))).toMatchObject({ _tag: "TransportError", outcome: "unknown" })
    })
  )
})

describe("a large file that is compressed although a plain one was asked for", () => {
  /** Random, so that it is as long as what it inflates to. */
  const piece = gzipSync(randomBytes(1024 * 1024))
  const pieces = 64
  /** What the buffers on the way may hold. */
  const most = 16

  it.scopedLive("is not fetched while nobody reads it", () =>
    Effect.gen(function* () {
      let sent = 0
      const file = function* () {
        yield `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${pieces * piece.byteLength}\r\n\r\n`
        for (; sent < pieces; sent++) yield piece
      }
      const { url } = yield* FaultServer.make({ pieces: file(), end: "wait" })
      const standsStill: Effect.Effect<void> = Effect.suspend(() => {
        const before = sent
        return Effect.zipRight(
          Effect.sleep("200 millis"),
          Effect.suspend(() => (sent === before ? Effect.void : standsStill))
        )
      })
      yield* Download.stream(new URL(url)).pipe(
        Stream.tap(() => standsStill),
        Stream.take(1),
        Stream.runDrain,
        Effect.provide(Client.layer(url))
      )
      expect(sent).toBeGreaterThan(0)
      expect(sent).toBeLessThan(most)
    })
  )
})
