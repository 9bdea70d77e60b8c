import type { ServerResponse } from "node:http"
import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"
import * as ServerSockets from "./serverSockets.js"

const retries = (count: number) =>
  Schedule.spaced("1 millis").pipe(
    Schedule.intersect(Schedule.recurs(count)),
    Schedule.whileInput(CheapAiError.isTransient)
  )

const twoMegabytes = Buffer.alloc(2_000_000, "x")

describe("a 503 with a body of 2 MB", () => {
  it.scopedLive.each([
    ["with its length", { "content-length": twoMegabytes.length }],
    ["in chunks", { "transfer-encoding": "chunked" }]
  ] as const)("%s uses one connection for 21 tries", ([, headers]) =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => {
        response.writeHead(503, { "content-type": "text/plain", ...headers }).end(twoMegabytes)
      })
      const sockets = yield* ServerSockets.watch(url)
      const error = yield* Effect.flip(Effect.provide(Client.credits, Client.layer(url, { retry: retries(20) })))
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", status: 503, stopped: "tries-used" })
      expect(requests).toHaveLength(21)
      expect(sockets.accepted()).toBe(1)
    })
  )
})

const chunk = Buffer.alloc(64 * 1024, "x")

/** As fast as the client reads. */
const pour = (response: ServerResponse): void => {
  while (!response.destroyed && response.write(chunk));
  if (!response.destroyed) response.once("drain", () => pour(response))
}

/** A few bytes every 10 milliseconds. */
const drip = (response: ServerResponse): void => {
  const timer = setInterval(() => response.write("x"), 10)
  response.on("close", () => clearInterval(timer))
}

describe("an endless body", () => {
  it.scopedLive.each([
    ["at full speed", pour],
    ["drop by drop", drip]
  ] as const)(
    "of a 503 %s ends each of 3 tries within 1.5 s, with its connection",
    ([, send]) =>
      Effect.gen(function* () {
        const { url } = yield* HttpServer.make((response) => send(response.writeHead(503)))
        const sockets = yield* ServerSockets.watch(url)
        const attempts: Array<Attempt> = []
        yield* Effect.gen(function* () {
          const error = yield* Effect.flip(Client.credits)
          expect(error).toMatchObject({ _tag: "ServiceUnavailableError", status: 503 })
          yield* sockets.allClosed
        }).pipe(
          CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
          Effect.provide(Client.layer(url))
        )
        expect(attempts).toHaveLength(3)
        for (const { took } of attempts) expect(Duration.toMillis(took)).toBeLessThan(1500)
      }),
    10_000
  )

  it.scopedLive("of a 200 is refused at 4 MiB, and not asked for again", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => pour(response.writeHead(200)))
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(Client.credits)
        expect(error).toMatchObject({ _tag: "InvalidResponseError", stopped: "not-transient" })
        yield* sockets.allClosed
      }).pipe(Effect.provide(Client.layer(url)))
      expect(requests).toHaveLength(1)
    })
  )
})
