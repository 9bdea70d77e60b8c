import type { ServerResponse } from "node:http"
import { createServer, type Socket } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import { ForbiddenError } from "@effect-cheapai/core/CheapAiError"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Connection from "./connection.js"
import * as HttpServer from "./httpServer.js"
import * as OwnServer from "./ownServer.js"
import * as Wire from "./wire.js"

const path = "/v1/task/voice-isolate"
const multipart = "content-type: multipart/form-data; boundary=b"
const chunked = "transfer-encoding: chunked"
const accept = (response: ServerResponse) => HttpServer.json(response, 200, { success: true, task_id: "t-1" })
const megabyte = 1024 * 1024

const costs = Object.fromEntries(
  OwnServer.routes.flatMap(({ key, replay }) => (replay === "once" ? [[key, 1] as const] : []))
)

/** A page's connection to a proxy that takes a megabyte, before a service that reads what it is sent. */
const start = (options: Partial<OwnServer.Options> = {}, reply = accept) =>
  Effect.gen(function* () {
    const service = yield* HttpServer.make(reply)
    const released = yield* Deferred.make<void>()
    const store = { book: () => Effect.succeed(true), release: () => Deferred.succeed(released, undefined) }
    const address = yield* OwnServer.onAPort(NodeTransport.layer(), {
      baseUrl: service.url,
      maxBodySize: megabyte,
      credits: { limit: () => 1, costs, store },
      ...options
    })
    const page = yield* Connection.to(address)
    const post = (...lines: ReadonlyArray<string>) => page.write(Connection.head(address, path, multipart, ...lines))
    return { service, released: Deferred.await(released), page, post }
  })

describe("a body that is too large", () => {
  const refused = [
    "HTTP/1.1 413 Payload Too Large",
    '{"success":false,"error":"The body is larger than this server takes."}'
  ]

  it.scopedLive("is refused by its length: neither it nor its head goes on", () =>
    Effect.gen(function* () {
      const { page, post, service } = yield* start()
      post("content-length: 200000000")
      expect(yield* page.answer).toEqual(refused)
      expect(service.arrivals).toEqual([])
    })
  )

  it.scopedLive("is cut where it passes the cap: the service never has all of it, and the page is told", () =>
    Effect.gen(function* () {
      const { page, post, released, service } = yield* start()
      post(chunked)
      const endless = Effect.repeat(
        Effect.zipRight(
          Effect.sync(() => page.write(Connection.chunk(65_536))),
          Effect.sleep("1 millis")
        ),
        { while: () => true }
      )
      const sending = yield* Effect.fork(endless)
      const { chunks, left } = yield* service.first
      expect(yield* page.answer).toEqual(refused)
      yield* Deferred.await(left)
      yield* released
      const received = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
      expect(received).toBeLessThanOrEqual(megabyte)
      yield* page.ended
      yield* Fiber.interrupt(sending)
    })
  )

  it.scopedLive("of exactly the cap is none", () =>
    Effect.gen(function* () {
      const { page, post } = yield* start()
      post(`content-length: ${megabyte}`)
      page.write("x".repeat(megabyte))
      expect((yield* page.answer)[0]).toBe("HTTP/1.1 200 OK")
    })
  )
})

describe("a body without end that nobody wants", () => {
  const submit = `POST /api/cheapai${path}`
  const declared = "content-length: 10000000000"

  it.scopedLive.each<readonly [answer: string, request: string, framing: string, session?: string]>([
    ["401 Unauthorized", submit, declared, "nobody"],
    ["404 Not Found", "POST /api/cheapai/nothing", declared],
    ["405 Method Not Allowed", `PUT /api/cheapai${path}`, declared],
    ["413 Payload Too Large", submit, declared],
    ["200 OK", "GET /api/cheapai/v1/credits", chunked]
  ])("is read for 8 MiB at most, and the page hears %s", ([answer, request, framing, session = "session-of-ann"]) =>
    Effect.gen(function* () {
      const { page } = yield* start()
      const head = [`${request} HTTP/1.1`, "host: app.test", `authorization: Bearer ${session}`, multipart, framing]
      page.write(`${head.join("\r\n")}\r\n\r\n`)
      const piece = framing === chunked ? Connection.chunk(megabyte) : new Uint8Array(megabyte)
      let taken = 0
      while (taken < 64 && (yield* page.send(piece))) taken++
      expect(page.text()).toContain(`HTTP/1.1 ${answer}`)
      expect(taken).toBeLessThan(64)
    })
  )
})

describe("a body that is refused with its call", () => {
  const store = { book: () => Effect.succeed(false), release: () => Effect.void }
  it.scopedLive.each<readonly [status: number, options: Partial<OwnServer.Options>]>([
    [403, { authorize: () => Effect.fail(new ForbiddenError({ message: "Not you." })) }],
    [402, { credits: { limit: () => 0, costs, store } }]
  ])("%s, is read to its end all the same, and the connection serves on", ([status, options]) =>
    Effect.gen(function* () {
      const { page, post } = yield* start({ ...options, maxBodySize: 8 * megabyte })
      post(`content-length: ${4 * megabyte}`)
      page.write(new Uint8Array(4 * megabyte))
      expect((yield* page.answer)[0]).toContain(`HTTP/1.1 ${status}`)
      page.write(Connection.head("http://app.test/api/cheapai", "/nothing", "content-length: 0", "connection: close"))
      yield* page.ended
      expect(page.text()).toContain("HTTP/1.1 404 Not Found")
    })
  )
})

describe("a body", () => {
  it.scopedLive("comes to the service with its length and its bytes as they are", () =>
    Effect.gen(function* () {
      const { page, post, service } = yield* start()
      post("content-length: 300000")
      page.write("ä".repeat(150_000))
      expect(yield* page.answer).toEqual(["HTTP/1.1 200 OK", '{"success":true,"task_id":"t-1"}'])
      const { chunks, headers } = yield* service.first
      expect(headers).toMatchObject({ "content-length": "300000", "content-type": "multipart/form-data; boundary=b" })
      expect(Buffer.concat(chunks).toString()).toBe("ä".repeat(150_000))
    })
  )

  it.scopedLive.each([
    ["node", NodeTransport.layer(), "300000", undefined],
    ["fetch", CheapAi.layerFetchClient, undefined, "chunked"]
  ] as const)("of JSON comes with its length, over %s; a file over fetch in chunks", ([, upstream, length, encoding]) =>
    Effect.gen(function* () {
      const service = yield* HttpServer.make(accept)
      const ask = yield* OwnServer.inMemory(upstream, { baseUrl: service.url })
      const send = (path: string, type: string, body: string) =>
        ask(path, {
          method: "POST",
          body,
          headers: {
            authorization: "Bearer session-of-ann",
            "content-type": type,
            "content-length": String(body.length)
          }
        })
      yield* send("/v1m/task/music-generation", "application/json", '{"idea":"rain"}')
      yield* send(path, "multipart/form-data; boundary=b", "x".repeat(300_000))
      const [json, file] = service.arrivals.map(({ headers }) => headers)
      expect([json?.["content-length"], json?.["transfer-encoding"]]).toEqual(["15", undefined])
      expect([file?.["content-length"], file?.["transfer-encoding"]]).toEqual([length, encoding])
    })
  )

  it.scopedLive("begins to arrive before the page has sent it to its end", () =>
    Effect.gen(function* () {
      const { page, post, service } = yield* start()
      post("content-length: 100000")
      page.write("x".repeat(99_999))
      const { chunks } = yield* service.first
      while (Buffer.concat(chunks).length < 99_999) yield* Effect.sleep("5 millis")
      page.write("x")
      expect((yield* page.answer)[0]).toBe("HTTP/1.1 200 OK")
    })
  )

  it.scopedLive.each<readonly [how: string, framing: string]>([
    ["that breaks off", "content-length: 100000"],
    ["without a length that breaks off", chunked]
  ])("%s is not taken for a whole one", ([, framing]) =>
    Effect.gen(function* () {
      const { page, post, released, service } = yield* start()
      post(framing)
      page.write(framing === chunked ? Connection.chunk(50_000) : "x".repeat(50_000))
      const { left } = yield* service.first
      yield* page.leave
      yield* Deferred.await(left)
      yield* released
    })
  )

  it.scopedLive("that stands still is given up, and the page is told", () =>
    Effect.gen(function* () {
      const { page, post, released, service } = yield* start({ timeouts: { idle: "200 millis" } })
      post("content-length: 100000")
      page.write("x")
      const { left } = yield* service.first
      expect((yield* page.answer)[0]).toBe("HTTP/1.1 408 Request Timeout")
      yield* Deferred.await(left)
      yield* released
    })
  )
})

/** A service that reads the beginning of what it is sent, and writes this. */
const deaf = (reply: string) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}))
      socket.once("data", () => {
        socket.pause()
        socket.write(reply)
      })
    })
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
      () =>
        Effect.sync(() => {
          server.close()
          for (const socket of sockets) socket.destroy()
        })
    )
    return `http://127.0.0.1:${Object(server.address()).port}`
  })

describe("a service that does not read on", () => {
  it.scopedLive("but answers: the page hears it, and can send the rest in vain", () =>
    Effect.gen(function* () {
      const body = '{"success":false,"error":"no"}'
      const baseUrl = yield* deaf(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      const { page, post } = yield* start({ baseUrl, maxBodySize: 8 * megabyte })
      post(`content-length: ${4 * megabyte}`)
      page.write("x".repeat(megabyte))
      expect(yield* page.answer).toEqual(["HTTP/1.1 401 Unauthorized", body])
      page.write("x".repeat(3 * megabyte))
      page.write(Connection.head("http://app.test/api/cheapai", "/nothing", "content-length: 0", "connection: close"))
      yield* page.ended
      expect(page.text()).toContain("HTTP/1.1 404 Not Found")
    })
  )

  it.scopedLive("nor can be reached: the page hears it likewise", () =>
    Effect.gen(function* () {
      const baseUrl = yield* Effect.scoped(deaf(""))
      const { page, post, released } = yield* start({ baseUrl, maxBodySize: 8 * megabyte })
      post(`content-length: ${4 * megabyte}`)
      expect((yield* page.answer)[0]).toBe("HTTP/1.1 503 Service Unavailable")
      yield* released
      page.write("x".repeat(4 * megabyte))
      page.write(Connection.head("http://app.test/api/cheapai", "/nothing", "content-length: 0", "connection: close"))
      yield* page.ended
      expect(page.text()).toContain("HTTP/1.1 404 Not Found")
    })
  )

  it.scopedLive("nor answers: the page waits no longer than `idle`", () =>
    Effect.gen(function* () {
      const baseUrl = yield* deaf("")
      const { page, post } = yield* start({ baseUrl, maxBodySize: 80 * megabyte, timeouts: { idle: "300 millis" } })
      post(`content-length: ${64 * megabyte}`)
      page.write(new Uint8Array(64 * megabyte))
      const [line, body] = yield* page.answer
      expect(line).toBe("HTTP/1.1 504 Gateway Timeout")
      expect(JSON.parse(body)).toEqual({ success: false, error: expect.any(String) })
    })
  )
})

describe("a page that does not read its reply", () => {
  const endless = (response: ServerResponse) => {
    while (response.write(new Uint8Array(65_536)));
    response.once("drain", () => endless(response))
  }
  const timeouts = { idle: "200 millis" } as const

  it.scopedLive("on a port loses its connection, and the service's ends", () =>
    Effect.gen(function* () {
      const { page, service } = yield* start({ timeouts }, endless)
      yield* page.pause
      page.write(Connection.head("http://app.test/api/cheapai", "/v1/credits").replace("POST", "GET"))
      yield* Deferred.await((yield* service.first).left)
    })
  )

  it.scopedLive.each([
    ["node", NodeTransport.layer()],
    ["fetch", CheapAi.layerFetchClient]
  ] as const)("of a web handler over %s has one that broke off, and the service's connection ends", ([, upstream]) =>
    Effect.gen(function* () {
      const service = yield* HttpServer.make(endless)
      const ask = yield* OwnServer.inMemory(upstream, { baseUrl: service.url, timeouts })
      const response = yield* ask("/v1/credits")
      yield* Deferred.await((yield* service.first).left)
      expect(yield* Effect.promise(() => response.text().then(String, () => "broken"))).toBe("broken")
    })
  )
})

describe("back-pressure", () => {
  it.scopedLive("a body is read no faster than the service takes it", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const { layer } = Wire.unread(Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never))
      const ask = yield* OwnServer.inMemory(layer)
      let pulled = 0
      const body = new ReadableStream(
        {
          pull: (controller) => {
            pulled++
            controller.enqueue(new Uint8Array(65_536))
          }
        },
        { highWaterMark: 0 }
      )
      const headers = {
        authorization: "Bearer session-of-ann",
        "content-type": "multipart/form-data; boundary=b"
      }
      yield* Effect.fork(ask(path, { method: "POST", body, headers, duplex: "half" }))
      yield* Deferred.await(begun)
      yield* Effect.sleep("100 millis")
      expect(pulled).toBeGreaterThan(0)
      expect(pulled).toBeLessThanOrEqual(4)
    })
  )

  it.scopedLive("a reply is read no faster than the page takes it", () =>
    Effect.gen(function* () {
      let pulled = 0
      const ask = yield* OwnServer.inMemory(
        Wire.make(
          Wire.streaming(() => {
            pulled++
            return new Uint8Array(65_536)
          })
        ).layer
      )
      const response = yield* ask("/v1/credits")
      const reader = response.body?.getReader()
      yield* Effect.promise(async () => reader?.read())
      yield* Effect.sleep("100 millis")
      expect(pulled).toBeLessThanOrEqual(6)
      yield* Effect.promise(async () => reader?.cancel())
    })
  )
})
