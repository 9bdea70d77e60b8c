import dns from "node:dns"
import * as fs from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it, vi } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Upload from "@effect-cheapai/core/Upload"
import * as NodeUpload from "@effect-cheapai/node/NodeUpload"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { afterEach } from "vitest"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as HttpServer from "./httpServer.js"
import * as ServerSockets from "./serverSockets.js"
import * as Uploads from "./uploads.js"

/** More than the buffers between the two ends of a socket hold. */
const large = 32_000_000

const fileOf = (bytes: Uint8Array | string) =>
  Effect.flatMap(Files.folder, (folder) => Files.write(join(folder, "sound.wav"), bytes))

const largeFile = Effect.tap(fileOf(""), (path) => Effect.promise(() => fs.truncate(path, large)))

afterEach(() => {
  vi.restoreAllMocks()
})

describe("progress", () => {
  it.scopedLive("only grows, and ends at the length of the body", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const path = yield* fileOf(Files.numbered(3_000_000))
      const seen: Array<Upload.Progress> = []
      yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.onUpload((progress) => Effect.sync(() => seen.push(progress))),
        Effect.provide(Client.layer(url))
      )
      const sent = seen.map((progress) => progress.sent)
      expect(sent).toEqual([...sent].sort((a, b) => a - b))
      const total = received[0]?.body.byteLength
      expect(seen.at(-1)).toEqual({ sent: total, total, attempt: 1 })
      expect(seen.length).toBeGreaterThan(3)
    })
  )

  it.scopedLive("begins again with each try", () =>
    Effect.gen(function* () {
      const { url } = yield* Uploads.serve({
        reply: (response, number) => (number === 1 ? Uploads.unavailable(response) : Uploads.accept(response))
      })
      const path = yield* fileOf(Files.numbered(400_000))
      const last = new Map<number, Upload.Progress>()
      yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.onUpload((progress) => Effect.sync(() => last.set(progress.attempt, progress))),
        Effect.provide(Client.layer(url))
      )
      expect([...last.values()].map(({ sent, total }) => sent === total)).toEqual([true, true])
    })
  )

  it.scopedLive("has no total where the length is not known, and the body goes out in chunks", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const bytes = Files.numbered(700_000)
      const pieces = [bytes.subarray(0, 300_000), bytes.subarray(300_000)]
      const seen: Array<Upload.Progress> = []
      yield* Uploads.submit(Upload.fromStream(Stream.fromIterable(pieces), { name: "live.wav" })).pipe(
        CheapAi.onUpload((progress) => Effect.sync(() => seen.push(progress))),
        Effect.provide(Client.layer(url))
      )
      expect(received[0]?.headers).toMatchObject({ "transfer-encoding": "chunked" })
      expect(received[0]?.headers).not.toHaveProperty("content-length")
      expect(Uploads.fileOf(received[0])?.equals(bytes)).toBe(true)
      expect(seen.at(-1)).toEqual({ sent: received[0]?.body.byteLength, total: undefined, attempt: 1 })
    })
  )
})

describe("a file is sent again, whole,", () => {
  const bytes = Files.numbered(2_000_001)

  const twice = (reply: Uploads.Behaviour["reply"], onBegin?: Uploads.Behaviour["onBegin"]) =>
    Uploads.serve({ ...(reply === undefined ? {} : { reply }), ...(onBegin === undefined ? {} : { onBegin }) })

  it.scopedLive.each([429, 503])("after a %i", (status) =>
    Effect.gen(function* () {
      const { received, url } = yield* twice((response, number) =>
        number === 1 ? HttpServer.json(response, status, { success: false, error: "busy" }) : Uploads.accept(response)
      )
      const path = yield* fileOf(bytes)
      yield* Effect.provide(Uploads.submit(NodeUpload.fromPath(path)), Client.layer(url))
      expect(received.map((request) => Uploads.fileOf(request)?.equals(bytes))).toEqual([true, true])
      const [first, second] = received.map(({ body }) => body)
      expect(first !== undefined && second?.equals(first)).toBe(true)
      expect(yield* Files.opened(path)).toBe(0)
    })
  )

  it.scopedLive("when there was no connection the first time, though it is billed", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const path = yield* fileOf(bytes)
      const lookup = vi.spyOn(dns, "lookup")
      lookup.mockImplementationOnce(((_: string, __: unknown, callback: (error: unknown) => void) => {
        callback(Object.assign(new Error("getaddrinfo"), { code: "EAI_AGAIN" }))
      }) as never)
      const attempts: Array<Attempt> = []
      yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
        Effect.provide(Client.layer(url.replace("127.0.0.1", "localhost")))
      )
      expect(attempts).toMatchObject([{ code: "dns", evidence: "not-started" }, { result: "success" }])
      expect(received.map((request) => Uploads.fileOf(request)?.equals(bytes))).toEqual([true])
      expect(yield* Files.opened(path)).toBe(0)
    })
  )

  const dropped = (number: number, request: { readonly socket: { resetAndDestroy: () => unknown } }) =>
    Promise.resolve(number === 1 ? request.socket.resetAndDestroy() : undefined)

  it.scopedLive("when the connection was lost half-way, if that is safe", () =>
    Effect.gen(function* () {
      const { received, url } = yield* twice((response) => HttpServer.json(response, 200, {}), dropped)
      const path = yield* fileOf(bytes)
      yield* Effect.provide(Uploads.readOnly(NodeUpload.fromPath(path)), Client.layer(url))
      expect(received.map(({ isWhole }) => isWhole)).toEqual([false, true])
      expect(Uploads.fileOf(received[1])?.equals(bytes)).toBe(true)
      expect(yield* Files.opened(path)).toBe(0)
    })
  )

  it.scopedLive("but not when the connection was lost half-way and it is billed", () =>
    Effect.gen(function* () {
      const { received, url } = yield* twice(undefined, dropped)
      const path = yield* fileOf(bytes)
      const call = Effect.provide(Uploads.submit(NodeUpload.fromPath(path)), Client.layer(url))
      expect(yield* Effect.flip(call)).toMatchObject({
        _tag: "TransportError",
        outcome: "unknown",
        stopped: "once-unknown"
      })
      expect(received).toHaveLength(1)
      yield* Files.closed(path)
    })
  )
})

describe("a file that changes", () => {
  it.scopedLive("between two tries is not sent again", () =>
    Effect.gen(function* () {
      const path = yield* fileOf("the first version")
      const { received, url } = yield* Uploads.serve({
        reply: (response) => void fs.appendFile(path, "!").then(() => Uploads.unavailable(response))
      })
      const error = yield* Effect.provide(Effect.flip(Uploads.submit(NodeUpload.fromPath(path))), Client.layer(url))
      expect(error).toMatchObject({
        _tag: "InvalidInputError",
        outcome: "rejected",
        issues: [{ path: "file", reason: "has changed since the call began" }]
      })
      expect(error.attempts.map(({ result }) => result)).toEqual(["ServiceUnavailableError", "InvalidInputError"])
      expect(received).toHaveLength(1)
    })
  )

  const changes: ReadonlyArray<readonly [string, (path: string) => Promise<unknown>]> = [
    ["shrinks", (path) => fs.truncate(path, 1_000_000)],
    ["grows", (path) => fs.appendFile(path, "more")],
    ["is rewritten in place", (path) => fs.writeFile(path, "other bytes", { flag: "r+" })]
  ]

  it.scopedLive.each(changes)("and %s while it is sent ends the request before it is whole", ([, change]) =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const { received, url } = yield* Uploads.serve({ onBegin: () => change(path) })
      const sockets = yield* ServerSockets.watch(url)
      const error = yield* Effect.provide(Effect.flip(Uploads.submit(NodeUpload.fromPath(path))), Client.layer(url))
      expect(error).toMatchObject({
        _tag: "InvalidInputError",
        outcome: "unknown",
        issues: [{ path: "file", reason: "has changed since the call began" }]
      })
      yield* sockets.allClosed
      while (received.length === 0) yield* Effect.sleep("1 millis")
      expect(received.map(({ isWhole }) => isWhole)).toEqual([false])
      yield* Files.closed(path)
    })
  )
})

describe("a stream", () => {
  it.scopedLive("is sent once: a refusal says so, and the upload can't be used again", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve({ reply: Uploads.unavailable })
      const file = Upload.fromStream(Stream.make(Files.numbered(10_000)), { name: "live.wav", size: 10_000 })
      const submit = Effect.flip(Uploads.submit(file))
      yield* Effect.gen(function* () {
        expect(yield* submit).toMatchObject({ _tag: "ServiceUnavailableError", stopped: "stream-used" })
        expect(yield* submit).toMatchObject({ _tag: "InvalidInputError", issues: [{ path: "file" }] })
      }).pipe(Effect.provide(Client.layer(url)))
      expect(received).toHaveLength(1)
      expect(received[0]?.headers["content-length"]).toBe(String(received[0]?.body.byteLength))
    })
  )

  it.scopedLive.each<readonly [string, Stream.Stream<Uint8Array, string>]>([
    ["that fails", Stream.concat(Stream.make(Files.numbered(1_000_000)), Stream.fail("lost"))],
    ["shorter than it said", Stream.make(Files.numbered(1_000_000))],
    ["longer than it said", Stream.make(Files.numbered(1_000_000), Files.numbered(2_000_001))]
  ])("%s ends the request", ([, bytes]) =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const sockets = yield* ServerSockets.watch(url)
      const file = Upload.fromStream(bytes, { name: "live.wav", size: 3_000_000 })
      const error = yield* Effect.flip(Effect.provide(Uploads.submit(file), Client.layer(url)))
      expect(error).toMatchObject({ _tag: "InvalidInputError", issues: [{ path: "file" }] })
      yield* sockets.allClosed
      expect(received.filter(({ isWhole }) => isWhole)).toEqual([])
    })
  )
})
