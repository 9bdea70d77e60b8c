import * as fs from "node:fs/promises"
import type { Socket } from "node:net"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as NodeUpload from "@effect-cheapai/node/NodeUpload"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as RawServer from "./rawServer.js"
import * as ServerSockets from "./serverSockets.js"
import * as Uploads from "./uploads.js"

/** More than the buffers between the two ends of a socket hold. */
const largeFile = Effect.gen(function* () {
  const path = yield* Files.write(join(yield* Files.folder, "sound.wav"), "")
  yield* Effect.promise(() => fs.truncate(path, 32_000_000))
  return path
})

const raw = (onConnection: (socket: Socket) => void) =>
  Effect.map(RawServer.make(onConnection), (port) => `http://127.0.0.1:${port}`)

/** A server that reads the beginning of a file and no more, until it is told to. */
const held = Effect.gen(function* () {
  const begun = yield* Deferred.make<void>()
  const goOn = yield* Deferred.make<void>()
  const server = yield* Uploads.serve({
    onBegin: () => {
      Deferred.unsafeDone(begun, Effect.void)
      return Effect.runPromise(Deferred.await(goOn))
    }
  })
  return { ...server, begun: Deferred.await(begun), goOn: Deferred.succeed(goOn, undefined) }
})

describe("the time of an upload", () => {
  it.scopedLive("ends when the server stops reading", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const url = yield* raw((socket) => socket.once("data", () => socket.pause()))
      const attempts: Array<Attempt> = []
      const error = yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.withTimeouts({ idle: "200 millis", attempt: "1 hour" }),
        CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
        Effect.flip,
        Effect.provide(Client.layer(url))
      )
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt", outcome: "unknown" })
      expect(attempts.map(({ evidence }) => evidence)).toEqual(["started"])
      yield* Files.closed(path)
    })
  )

  it.scopedLive("has no other bound while it moves: it may outlast the time of an attempt", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      let read = 0
      const { received, url } = yield* Uploads.serve({
        onPiece: (bytes) => {
          read += bytes
          if (read < 2_000_000) return undefined
          read = 0
          return pause(400)
        }
      })
      const [took] = yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.withTimeouts({ attempt: "5 seconds" }),
        Effect.timed,
        Effect.provide(Client.layer(url))
      )
      expect(Duration.toMillis(took)).toBeGreaterThan(5000)
      expect(received.map(({ isWhole }) => isWhole)).toEqual([true])
    })
  )

  it.scopedLive("counts from the last byte when no reply comes", () =>
    Effect.gen(function* () {
      const path = yield* Files.write(join(yield* Files.folder, "sound.wav"), "sound")
      const { received, url } = yield* Uploads.serve({ reply: () => {} })
      const error = yield* Uploads.submit(NodeUpload.fromPath(path)).pipe(
        CheapAi.withTimeouts({ attempt: "200 millis", idle: "1 hour" }),
        Effect.flip,
        Effect.provide(Client.layer(url))
      )
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt" })
      expect(received.map(({ isWhole }) => isWhole)).toEqual([true])
    })
  )
})

describe("interrupting the caller of an upload", () => {
  it.scopedLive("returns at once; what is billed goes on, whole, and its task is told", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const { begun, goOn, received, url } = yield* held
      const sockets = yield* ServerSockets.watch(url)
      const told = yield* Deferred.make<string>()
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(
          Uploads.submit(NodeUpload.fromPath(path)).pipe(CheapAi.onSubmitted(({ id }) => Deferred.succeed(told, id)))
        )
        yield* begun
        const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
        expect(Duration.toMillis(took)).toBeLessThan(100)
        expect(sockets.open()).toBe(1)
        yield* goOn
        expect(yield* Deferred.await(told)).toBe("task_of_a_file")
        yield* sockets.allClosed
      }).pipe(Effect.provide(Client.layer(url)))
      expect(Uploads.fileOf(received[0])?.byteLength).toBe(32_000_000)
      yield* Files.closed(path)
    })
  )

  it.scopedLive("returns at once; what is safe is given up", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const { begun, goOn, received, url } = yield* held
      const sockets = yield* ServerSockets.watch(url)
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(Uploads.readOnly(NodeUpload.fromPath(path)))
        yield* begun
        const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
        expect(Duration.toMillis(took)).toBeLessThan(100)
        yield* goOn
        yield* sockets.allClosed
        yield* Files.closed(path)
      }).pipe(Effect.provide(Client.layer(url)))
      expect(received.filter(({ isWhole }) => isWhole)).toEqual([])
    })
  )
})

describe("closing the layer in the middle of an upload", () => {
  it.scopedLive("leaves neither the file nor a connection open", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const { begun, goOn, received, url } = yield* held
      const sockets = yield* ServerSockets.watch(url)
      const submit = Effect.fork(Effect.exit(Uploads.submit(NodeUpload.fromPath(path))))
      yield* Effect.provide(Effect.zipRight(submit, begun), Client.layer(url))
      yield* goOn
      yield* sockets.allClosed
      yield* Files.closed(path)
      expect(received.filter(({ isWhole }) => isWhole)).toEqual([])
    })
  )
})

const tooLarge =
  "HTTP/1.1 413 Payload Too Large\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 17\r\n\r\n" +
  '{"error":"large"}'

describe("a server that answers before the file has come", () => {
  const endings: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
    ["and then reads no more", (socket) => void socket.pause().write(tooLarge)],
    ["and says that it will send no more", (socket) => void socket.pause().end(tooLarge)],
    ["and goes on reading", (socket) => void socket.end(tooLarge)]
  ]

  it.scopedLive.each(endings)("%s is believed", ([, answer]) =>
    Effect.gen(function* () {
      const path = yield* largeFile
      const connections: Array<Socket> = []
      const url = yield* raw((socket) => {
        connections.push(socket)
        socket.once("data", () => answer(socket))
      })
      const sockets = yield* ServerSockets.watch(url)
      const submit = Effect.flip(Uploads.submit(NodeUpload.fromPath(path)))
      yield* Effect.gen(function* () {
        expect(yield* submit).toMatchObject({ status: 413, outcome: "rejected", stopped: "not-transient" })
        yield* Files.closed(path)
      }).pipe(Effect.provide(Client.layer(url)))
      expect(connections).toHaveLength(1)
      // One that doesn't read doesn't hear of the end.
      for (const socket of connections) socket.resume()
      yield* sockets.allClosed
    })
  )

  it.scopedLive("and cuts the connection is believed when its answer comes through, and never asked twice", () =>
    Effect.gen(function* () {
      const path = yield* largeFile
      let count = 0
      const url = yield* raw((socket) => {
        count++
        socket.once("data", () => socket.pause().write(tooLarge, () => socket.destroy()))
      })
      const submit = Effect.flip(Uploads.submit(NodeUpload.fromPath(path)))
      const error = yield* Effect.provide(submit, Client.layer(url))
      expect(["UnexpectedStatusError", "TransportError"]).toContain(error._tag)
      expect(count).toBe(1)
      yield* Files.closed(path)
    })
  )
})
