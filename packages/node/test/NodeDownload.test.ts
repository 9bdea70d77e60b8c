import * as fs from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Files from "./files.js"
import * as Program from "./program.js"

const bytes = Files.numbered(1_000_001)
const pieces = Stream.make(
  bytes.subarray(0, 7),
  bytes.subarray(7, 7),
  bytes.subarray(7, 400_000),
  bytes.subarray(400_000)
)

/** A folder in which the target is there already. */
const withTarget = Effect.gen(function* () {
  const folder = yield* Files.folder
  const path = yield* Files.write(join(folder, "song.mp3"), "the old song")
  const untouched = Effect.gen(function* () {
    expect(yield* Files.names(folder)).toEqual(["song.mp3"])
    expect((yield* Files.read(path)).toString()).toBe("the old song")
  })
  return { folder, path, untouched }
})

/** Bytes that nobody may ask for. */
const unread: Stream.Stream<Uint8Array> = Stream.dieMessage("was read")

describe("toFile", () => {
  it.scopedLive("writes a new file, whole, and says how long it is", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      expect(yield* NodeDownload.toFile(pieces, join(folder, "song.mp3"))).toBe(1_000_001)
      expect(yield* Files.names(folder)).toEqual(["song.mp3"])
      expect(Files.digest(yield* Files.read(join(folder, "song.mp3")))).toBe(Files.digest(bytes))
    })
  )

  it.scopedLive("replaces a file, which is as it was until the last byte is there", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* withTarget
      const look = Effect.gen(function* () {
        expect((yield* Files.read(path)).toString()).toBe("the old song")
        expect(yield* Files.names(folder)).toEqual([expect.stringMatching(/^\.cheapai-\w+\.part$/), "song.mp3"])
        return new Uint8Array([10])
      })
      yield* NodeDownload.toFile(Stream.concat(pieces, Stream.fromEffect(look)), path)
      expect((yield* Files.read(path)).byteLength).toBe(1_000_002)
      expect(yield* Files.names(folder)).toEqual(["song.mp3"])
      expect(yield* Files.opened(folder)).toBe(0)
    })
  )

  it.scopedLive("writes an empty file of an empty stream", () =>
    Effect.gen(function* () {
      const path = join(yield* Files.folder, "empty")
      expect(yield* NodeDownload.toFile(Stream.empty, path)).toBe(0)
      expect((yield* Files.read(path)).byteLength).toBe(0)
    })
  )

  it.scopedLive("writes beside others that write the same file: one of them wins, whole", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* withTarget
      const versions = [1, 2, 3, 4, 5].map((value) => new Uint8Array(300_000).fill(value))
      yield* Effect.forEach(versions, (version) => NodeDownload.toFile(Stream.make(version, version), path), {
        concurrency: "unbounded"
      })
      const found = yield* Files.read(path)
      expect(found.byteLength).toBe(600_000)
      expect(new Set(found).size).toBe(1)
      expect(yield* Files.names(folder)).toEqual(["song.mp3"])
    })
  )

  it.scopedLive("takes another hidden name when its first is somebody else's", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      yield* Files.write(join(folder, ".cheapai-7.part"), "somebody else's")
      const write = NodeDownload.toFile(pieces, join(folder, "song.mp3"))
      yield* Effect.withRandom(write, Random.fixed([7, 7, 8]))
      expect(yield* Files.names(folder)).toEqual([".cheapai-7.part", "song.mp3"])
      expect((yield* Files.read(join(folder, ".cheapai-7.part"))).toString()).toBe("somebody else's")
      const error = yield* Effect.flip(Effect.withRandom(write, Random.fixed([7])))
      expect(error).toMatchObject({ _tag: "SystemError", reason: "AlreadyExists" })
    })
  )
})

describe("the target is untouched and nothing is left behind", () => {
  it.scopedLive("when the stream fails, with the stream's own error", () =>
    Effect.gen(function* () {
      const { path, untouched } = yield* withTarget
      const failing = Stream.concat(pieces, Stream.fail("lost" as const))
      expect(yield* Effect.flip(NodeDownload.toFile(failing, path))).toBe("lost")
      yield* untouched
    })
  )

  it.scopedLive("when the stream dies", () =>
    Effect.gen(function* () {
      const { path, untouched } = yield* withTarget
      expect(yield* Effect.exit(NodeDownload.toFile(Stream.concat(pieces, unread), path))).toMatchObject({
        cause: { _tag: "Die" }
      })
      yield* untouched
    })
  )

  it.scopedLive("when it is interrupted", () =>
    Effect.gen(function* () {
      const { folder, path, untouched } = yield* withTarget
      const under = yield* Deferred.make<void>()
      const hanging = Stream.fromEffect(Effect.zipRight(Deferred.succeed(under, undefined), Effect.never))
      const fiber = yield* Effect.fork(NodeDownload.toFile(Stream.concat(pieces, hanging), path))
      yield* Deferred.await(under)
      expect(yield* Files.names(folder)).toHaveLength(2)
      yield* Fiber.interrupt(fiber)
      yield* untouched
      expect(yield* Files.opened(folder)).toBe(0)
    })
  )

  it.scopedLive.skipIf(process.platform === "win32")("when there is no room", () =>
    Effect.gen(function* () {
      const { path, untouched } = yield* withTarget
      // No file may grow beyond it: to the program that is a full disk, and it takes no rights to set.
      const { stdout } = yield* Program.run("writesTooMuch.ts", [path], { fileBlocks: 4096 })
      expect(JSON.parse(stdout)).toMatchObject({ _tag: "SystemError", syscall: "write" })
      yield* untouched
    })
  )

  it.scopedLive("when the file can't take its place", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const path = join(folder, "song.mp3")
      const inTheWay = Effect.promise(() => fs.mkdir(path))
      const late = Stream.concat(pieces, Stream.drain(Stream.fromEffect(inTheWay)))
      expect(yield* Effect.flip(NodeDownload.toFile(late, path))).toMatchObject({ method: "rename" })
      expect(yield* Files.names(folder)).toEqual(["song.mp3"])
    })
  )
})

describe("nothing is fetched", () => {
  it.scopedLive("when the target is a folder", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const error = yield* Effect.flip(NodeDownload.toFile(unread, folder))
      expect(error).toMatchObject({ _tag: "SystemError", reason: "BadResource" })
      expect(yield* Files.names(folder)).toEqual([])
    })
  )

  it.scopedLive("when its folder does not exist", () =>
    Effect.gen(function* () {
      const path = join(yield* Files.folder, "missing", "song.mp3")
      const error = yield* Effect.flip(NodeDownload.toFile(unread, path))
      expect(error).toMatchObject({ _tag: "SystemError", reason: "NotFound" })
    })
  )

  it.scopedLive.skipIf(process.platform === "win32")("when its folder can't be written to", () =>
    Effect.gen(function* () {
      const { folder, path, untouched } = yield* withTarget
      yield* Effect.promise(() => fs.chmod(folder, 0o555))
      const error = yield* Files.withoutPrivileges(Effect.flip(NodeDownload.toFile(unread, path)))
      expect(error).toMatchObject({ _tag: "SystemError", reason: "PermissionDenied" })
      yield* Effect.promise(() => fs.chmod(folder, 0o755))
      yield* untouched
    })
  )
})
