import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as BrowserCheapAi from "../src/BrowserCheapAi.js"
import * as HttpServer from "./httpServer.js"
import { network } from "./offline.js"
import * as XmlHttpRequest from "./xmlHttpRequest.js"

const input = Schema.Struct({ file: Upload.UploadFromSelf })
const path = "/v1/task/echo"
const echo = Route.makeTask({ path, encoding: "multipart", input, result: Schema.Struct({}) })
const safeEcho = Route.make({ ...echo, method: "POST", replay: "safe", output: Route.Submitted })

/** A file that the page must not read: a `Blob` made of it needs none of these. */
class UnreadFile extends File {
  override stream(): never {
    throw new Error("The file was read into the page")
  }
  override async arrayBuffer(): Promise<never> {
    return this.stream()
  }
}

const size = 2_000_000
const file = () => Upload.fromBlob(new UnreadFile([new Uint8Array(size).fill(7)], "song.mp3", { type: "audio/mpeg" }))

const submit = Effect.suspend(() => CheapAi.execute(echo, { file: file() })).pipe(
  CheapAi.withRetryPolicy(RetryPolicy.none)
)

const from = (url: string) => BrowserCheapAi.layer({ baseUrl: url, token: Redacted.make("session-1") })

const watched = CheapAi.onUpload(() => Effect.void)

const noFetch = Effect.provideService(FetchHttpClient.Fetch, () => Promise.reject(new Error("fetch was used")))

/** What ends alike whichever way it is sent. */
const ways = [
  ["fetch", <A, E, R>(call: Effect.Effect<A, E, R>) => call],
  [
    "XMLHttpRequest",
    <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.zipRight(XmlHttpRequest.installed, call.pipe(watched, noFetch))
  ]
] as const

const accept: Parameters<typeof HttpServer.make>[0] = (response) =>
  HttpServer.json(response, 200, { success: true, task_id: "t-1" })

/** A reply that begins well. */
const begin = (status: number, text: string, then: "break" | "stall") =>
  HttpServer.make((response) => {
    response.writeHead(status)
    response.write(text, () => (then === "break" ? response.destroy() : undefined))
  })

describe.each(ways)("an upload over %s", (_, send) => {
  it.scopedLive("arrives whole, with its boundary and no header of the adapter's own", () =>
    Effect.gen(function* () {
      const { arrivals, first, url } = yield* HttpServer.make(accept)
      expect(yield* send(submit.pipe(Effect.provide(from(url))))).toMatchObject({ taskId: "t-1" })
      expect(arrivals.map(({ method }) => method)).toEqual(["POST"])
      const { chunks, headers } = yield* first
      const boundary = /^multipart\/form-data; boundary=(cheapai-\w+)$/.exec(headers["content-type"] ?? "")?.[1]
      const body = Buffer.concat(chunks).toString("latin1")
      expect(body.startsWith(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="song.mp3"`)).toBe(
        true
      )
      expect(body.endsWith(`${"\x07".repeat(100)}\r\n--${boundary}--\r\n`)).toBe(true)
      expect(headers).toMatchObject({ accept: "application/json", authorization: "Bearer session-1" })
      expect(headers["content-length"]).toBe(String(body.length))
      expect(Object.keys(headers).filter((name) => /trace|b3|x-/.test(name))).toEqual([])
    })
  )

  it.scopedLive.each([
    [402, "InsufficientBalanceError", "rejected", "no crédits"],
    [500, "InternalError", "failed", "it broke"],
    [599, "UnexpectedStatusError", "failed", "odd"]
  ] as const)("a %s is %s", ([status, _tag, outcome, message]) =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) =>
        HttpServer.json(response, status, { success: false, error: message })
      )
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag, status, outcome, message })
    })
  )

  it.scopedLive("the headers of a reply are read", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) =>
        response.writeHead(429, { "retry-after": "7", "x-request-id": "r:1" }).end()
      )
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag: "RateLimitedError", retryAfter: Duration.seconds(7), requestId: "r:1" })
    })
  )

  it.scopedLive("a reply that is too long ends the connection", () =>
    Effect.gen(function* () {
      const { first, url } = yield* begin(200, "7".repeat(5_000_000), "stall")
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag: "InvalidResponseError", outcome: "unknown" })
      yield* Deferred.await((yield* first).left)
    })
  )

  it.scopedLive("a reply without a body is no task", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) => response.writeHead(204).end())
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag: "InvalidResponseError", status: 204, outcome: "unknown" })
    })
  )

  it.scopedLive("a lost connection is unknown, so it leaves once", () =>
    Effect.gen(function* () {
      const { arrivals, url } = yield* HttpServer.make((response) => response.destroy())
      const error = yield* send(
        submit.pipe(CheapAi.withRetryPolicy(RetryPolicy.standard), Effect.flip, Effect.provide(from(url)))
      )
      expect(error).toMatchObject({
        _tag: "TransportError",
        code: "unknown",
        outcome: "unknown",
        stopped: "once-unknown"
      })
      expect(arrivals).toHaveLength(1)
    })
  )

  it.scopedLive("a reply that breaks off behind its JSON still brings the task", () =>
    Effect.gen(function* () {
      const { url } = yield* begin(200, JSON.stringify({ success: true, task_id: "t-1" }), "break")
      expect(yield* send(submit.pipe(Effect.provide(from(url))))).toMatchObject({ taskId: "t-1" })
    })
  )

  it.scopedLive("a reply that breaks off within its JSON is unknown", () =>
    Effect.gen(function* () {
      const { url } = yield* begin(200, '{"success":true,"task', "break")
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag: "TransportError", code: "body", outcome: "unknown" })
    })
  )

  it.scopedLive("a refusal whose body never ends is still that refusal", () =>
    Effect.gen(function* () {
      const { first, url } = yield* begin(402, '{"success":false,"error":"no credits"}', "stall")
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ _tag: "InsufficientBalanceError", message: "no credits" })
      yield* Deferred.await((yield* first).left)
    })
  )

  it.scopedLive("sends nothing while the page is offline", () =>
    Effect.gen(function* () {
      const { goOffline } = yield* network
      goOffline()
      const { arrivals, url } = yield* HttpServer.make(accept)
      const error = yield* send(submit.pipe(Effect.flip, Effect.provide(from(url))))
      expect(error).toMatchObject({ code: "offline", outcome: "not-sent" })
      expect(arrivals).toEqual([])
    })
  )

  it.scopedLive("an interruption ends the connection at once", () =>
    Effect.gen(function* () {
      const { first, url } = yield* HttpServer.make(() => {})
      const call = Effect.suspend(() => CheapAi.execute(safeEcho, { file: file() })).pipe(Effect.provide(from(url)))
      const fiber = yield* Effect.fork(send(call))
      const { left } = yield* first
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(left)
    })
  )
})

describe("an upload that somebody watches", () => {
  it.scopedLive("is seen to grow from its first byte to its last", () =>
    Effect.gen(function* () {
      yield* XmlHttpRequest.installed
      const { first, url } = yield* HttpServer.make(accept)
      const seen: Array<Upload.Progress> = []
      const see = (progress: Upload.Progress) => Effect.sync(() => seen.push(progress))
      yield* submit.pipe(CheapAi.onUpload(see), noFetch, Effect.provide(from(url)))
      const total = Number((yield* first).headers["content-length"])
      const sent = seen.map((progress) => progress.sent)
      expect(total).toBeGreaterThan(size)
      expect(sent.length).toBeGreaterThan(3)
      expect(sent).toEqual([...sent].sort((a, b) => a - b))
      expect(seen[0]).toEqual({ sent: 0, total, attempt: 1 })
      expect(seen.at(-1)).toEqual({ sent: total, total, attempt: 1 })
    })
  )

  it.scopedLive("has the time of an attempt for its reply once all of it has left", () =>
    Effect.gen(function* () {
      yield* XmlHttpRequest.installed
      const { first, url } = yield* HttpServer.make(() => {})
      const error = yield* submit.pipe(
        CheapAi.withTimeouts({ idle: "100 millis", attempt: "400 millis" }),
        watched,
        noFetch,
        Effect.flip,
        Effect.provide(from(url))
      )
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt", outcome: "unknown" })
      const [attempt] = error.attempts
      expect(Duration.toMillis(attempt?.took ?? 0)).toBeGreaterThan(390)
      yield* Deferred.await((yield* first).left)
    })
  )

  it.scopedLive.each([301, 302, 303, 307, 308])(
    "a %s that the browser followed is unexpected, its outcome unknown",
    (status) =>
      Effect.gen(function* () {
        yield* XmlHttpRequest.installed
        const elsewhere = yield* HttpServer.make(accept)
        const { url } = yield* HttpServer.make((response) =>
          response.writeHead(status, { location: elsewhere.url }).end()
        )
        const sent: Array<number> = []
        const see = (progress: Upload.Progress) => Effect.sync(() => sent.push(progress.sent))
        const error = yield* submit.pipe(CheapAi.onUpload(see), noFetch, Effect.flip, Effect.provide(from(url)))
        expect(error).toMatchObject({ _tag: "UnexpectedStatusError", status: 0, outcome: "unknown" })
        expect(sent).toEqual([...sent].sort((a, b) => a - b))
      })
  )

  it.scopedLive("goes over fetch, unseen, where there is no XMLHttpRequest", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make(accept)
      const seen: Array<Upload.Progress> = []
      const see = (progress: Upload.Progress) => Effect.sync(() => seen.push(progress))
      const submitted = yield* submit.pipe(CheapAi.onUpload(see), Effect.provide(from(url)))
      expect([submitted.taskId, seen]).toEqual(["t-1", []])
    })
  )
})

it.scopedLive("an upload that nobody watches goes over fetch, though there is an XMLHttpRequest", () =>
  Effect.gen(function* () {
    yield* XmlHttpRequest.installed
    const { url } = yield* HttpServer.make(accept)
    const error = yield* submit.pipe(noFetch, Effect.flip, Effect.provide(from(url)))
    expect(error).toMatchObject({ _tag: "TransportError" })
    expect(yield* Effect.provide(submit, from(url))).toMatchObject({ taskId: "t-1" })
  })
)
