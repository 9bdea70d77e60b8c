import dns from "node:dns"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { Progress } from "@effect-cheapai/core/Download"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as HttpServer from "./httpServer.js"
import * as ServerSockets from "./serverSockets.js"

const bytes = Files.numbered(700_001)

const send = (response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "audio/mpeg", "content-length": bytes.byteLength }).end(bytes)

/** The file at an address, fetched into a folder that is empty before, and empty again after a failure. */
const fetchFile = (
  url: string,
  options: Partial<Parameters<typeof Client.layer>[1]> & { readonly base?: string } = {}
) =>
  Effect.gen(function* () {
    const { base = url, ...rest } = options
    const folder = yield* Files.folder
    const path = join(folder, "song.mp3")
    const fetching = NodeDownload.fromUrl(new URL(url), path).pipe(
      Effect.tapError(() => Effect.map(Files.names(folder), (names) => expect(names).toEqual([])))
    )
    yield* Effect.provide(fetching, Client.layer(new URL(base).origin, rest))
    return yield* Files.read(path)
  })

afterEach(() => {
  vi.restoreAllMocks()
})

describe("the request for a file", () => {
  it.scopedLive("holds neither the key nor anything else of ours", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make(send)
      const fetched = yield* Effect.withSpan(fetchFile(`${url}/a.mp3?signature=1`, { propagateTrace: true }), "caller")
      expect(Files.digest(fetched)).toBe(Files.digest(bytes))
      expect(
        requests.map(({ headers, method, url }) => ({ method, url, headers: Object.keys(headers).sort() }))
      ).toEqual([
        { method: "GET", url: "/a.mp3?signature=1", headers: ["accept", "accept-encoding", "connection", "host"] }
      ])
      expect(JSON.stringify(requests[0]?.rawHeaders)).not.toContain("sk_test")
    })
  )

  const refused = { _tag: "DownloadError", reason: "status", message: "The file's address is not one of https." }

  it.scopedLive.each([
    "http://files.example/song.mp3",
    "http://192.168.0.1/song.mp3",
    "ftp://files.example/song.mp3",
    "file:///etc/passwd"
  ])("is not sent to %s", (url) =>
    Effect.gen(function* () {
      const lookup = vi.spyOn(dns, "lookup")
      expect(yield* Effect.flip(fetchFile(url, { base: "http://127.0.0.1:9" }))).toMatchObject(refused)
      expect(lookup).not.toHaveBeenCalled()
    })
  )

  it.scopedLive("is not sent to this machine by a client of the real service", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make(send)
      expect(yield* Effect.flip(fetchFile(url, { base: "https://api.cheapaiapi.com" }))).toMatchObject(refused)
      expect(requests).toEqual([])
    })
  )

  it.scopedLive("does not follow a redirect to where it would not be sent", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) =>
        response.writeHead(302, { location: "http://files.example/song.mp3" }).end()
      )
      const lookup = vi.spyOn(dns, "lookup")
      expect(yield* Effect.flip(fetchFile(url))).toMatchObject(refused)
      expect(requests).toHaveLength(1)
      expect(lookup).not.toHaveBeenCalled()
    })
  )
})

describe("redirects", () => {
  const redirecting = (times: number) =>
    HttpServer.make((response, request) => {
      const number = Number(request.url?.slice(1))
      if (number === times) return send(response)
      const statuses = [301, 302, 303, 307, 308]
      response.writeHead(statuses[number % 5] ?? 302, { location: `./${number + 1}` }).end("moved")
    })

  it.scopedLive("are followed up to five times, without the key", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* redirecting(5)
      expect(Files.digest(yield* fetchFile(`${url}/0`))).toBe(Files.digest(bytes))
      expect(requests.map(({ headers, url }) => [url, headers.authorization])).toEqual(
        [0, 1, 2, 3, 4, 5].map((number) => [`/${number}`, undefined])
      )
    })
  )

  it.scopedLive("are not followed a sixth time", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* redirecting(6)
      expect(yield* Effect.flip(fetchFile(`${url}/0`))).toMatchObject({ _tag: "DownloadError", reason: "status" })
      expect(requests).toHaveLength(6)
    })
  )
})

describe("a file that does not come whole", () => {
  const begin = (response: ServerResponse, announced: number) =>
    response.writeHead(200, { "content-length": announced }).write(bytes)

  it.scopedLive("because the connection ends says how far it came, and is not asked for again", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => {
        begin(response, 2_000_000)
        setTimeout(() => response.socket?.end(), 20)
      })
      const facts = { _tag: "DownloadError", reason: "transport", received: bytes.byteLength, expected: 2_000_000 }
      expect(yield* Effect.flip(fetchFile(url))).toMatchObject(facts)
      expect(requests).toHaveLength(1)
    })
  )

  it.scopedLive("because the connection is reset, its length unknown", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) => {
        response.write(bytes)
        setTimeout(() => response.socket?.resetAndDestroy(), 20)
      })
      expect(yield* Effect.flip(fetchFile(url))).toMatchObject({ _tag: "DownloadError", reason: "transport" })
    })
  )

  it.scopedLive("because it stands still ends after the idle time", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) => void begin(response, 2_000_000))
      const sockets = yield* ServerSockets.watch(url)
      const error = yield* Effect.flip(fetchFile(url, { timeouts: { idle: "150 millis" } }))
      expect(error).toMatchObject({ _tag: "DownloadError", reason: "transport", received: bytes.byteLength })
      yield* sockets.allClosed
    })
  )

  it.scopedLive("because its host never answers ends after the idle time, and is asked for again", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make(() => {})
      const error = yield* Effect.flip(fetchFile(url, { timeouts: { idle: "100 millis" } }))
      expect(error).toMatchObject({ _tag: "DownloadError", reason: "transport" })
      expect(requests).toHaveLength(3)
    })
  )

  it.scopedLive("because the program is interrupted leaves neither a file nor a connection", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const { url } = yield* HttpServer.make((response) => {
        begin(response, 2_000_000)
        Deferred.unsafeDone(begun, Effect.void)
      })
      const sockets = yield* ServerSockets.watch(url)
      const folder = yield* Files.folder
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(NodeDownload.fromUrl(new URL(url), join(folder, "song.mp3")))
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
        yield* sockets.allClosed
      }).pipe(Effect.provide(Client.layer(url)))
      expect(yield* Files.names(folder)).toEqual([])
    })
  )
})

describe("a host that refuses", () => {
  it.scopedLive("for a moment is asked again", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response, _, number) =>
        number === 1 ? void response.writeHead(503).end("busy") : send(response)
      )
      expect(Files.digest(yield* fetchFile(url))).toBe(Files.digest(bytes))
      expect(requests).toHaveLength(2)
    })
  )

  it.scopedLive.each([400, 401, 403, 404, 410])("with a %i has an address that expired", (status) =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => void response.writeHead(status).end("expired"))
      expect(yield* Effect.flip(fetchFile(url))).toMatchObject({ _tag: "DownloadError", reason: "expired", status })
      expect(requests).toHaveLength(1)
    })
  )
})

describe("progress", () => {
  const watch = (reply: (response: ServerResponse) => void) =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make(reply)
      const seen: Array<Progress> = []
      const onProgress = (progress: Progress) => Effect.sync(() => seen.push(progress))
      const path = join(yield* Files.folder, "song.mp3")
      yield* Effect.provide(NodeDownload.fromUrl(new URL(url), path, { onProgress }), Client.layer(url))
      const received = seen.map((progress) => progress.received)
      expect(received).toEqual([...received].sort((a, b) => a - b))
      return seen
    })

  it.scopedLive("grows to the announced length", () =>
    Effect.gen(function* () {
      const seen = yield* watch(send)
      expect(seen.at(-1)).toEqual({ received: bytes.byteLength, expected: bytes.byteLength })
    })
  )

  it.scopedLive("knows no length when none was announced", () =>
    Effect.gen(function* () {
      const seen = yield* watch((response) => void response.end(bytes.subarray(0, 100_000)).uncork())
      expect(seen.at(-1)?.received).toBe(100_000)
    })
  )
})

describe("two files at once", () => {
  it.scopedLive("don't share their end: the one that is given up while it connects leaves the other alone", () =>
    Effect.gen(function* () {
      const [one, other] = yield* Effect.all([HttpServer.make(send), HttpServer.make(send)])
      const held = yield* Deferred.make<void>()
      let asked = 0
      const both = yield* Deferred.make<void>()
      const lookup = (_: string, options: dns.LookupOptions, callback: (...found: ReadonlyArray<unknown>) => void) => {
        const found = options.all === true ? [[{ address: "127.0.0.1", family: 4 }]] : ["127.0.0.1", 4]
        Effect.runFork(Effect.map(Deferred.await(held), () => callback(null, ...found)))
        if (++asked === 2) Deferred.unsafeDone(both, Effect.void)
      }
      vi.spyOn(dns, "lookup").mockImplementation(lookup as never)
      const folder = yield* Files.folder
      yield* Effect.gen(function* () {
        const fetchFrom = ({ url }: HttpServer.HttpServer) =>
          Effect.fork(NodeDownload.fromUrl(new URL(url.replace("127.0.0.1", "localhost")), join(folder, "song.mp3")))
        const [first, second] = [yield* fetchFrom(one), yield* fetchFrom(other)]
        yield* Deferred.await(both)
        yield* Fiber.interrupt(first)
        yield* Deferred.succeed(held, undefined)
        expect(yield* Fiber.join(second)).toBe(bytes.byteLength)
        expect(one.requests).toEqual([])
      }).pipe(CheapAi.withRetryPolicy(RetryPolicy.none), Effect.provide(Client.layer(one.url)))
    })
  )
})
