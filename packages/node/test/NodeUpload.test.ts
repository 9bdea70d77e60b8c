import * as fs from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as Upload from "@effect-cheapai/core/Upload"
import * as NodeUpload from "@effect-cheapai/node/NodeUpload"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as Uploads from "./uploads.js"

const reasonOf = (upload: Upload.Upload) => Effect.map(Effect.flip(upload.look), ({ reason }) => reason)

const collect = (source: Upload.Source) =>
  Effect.scoped(Effect.flatMap(source.open, Stream.runCollect)).pipe(
    Effect.map((chunks) => Buffer.concat(Chunk.toReadonlyArray(chunks)))
  )

describe("fromPath", () => {
  it("takes the name from the path and the type from the name's ending, unless they are given", () => {
    const facts = ({ name, type }: Upload.Upload) => [name, type]
    expect(facts(NodeUpload.fromPath("/nowhere/Interview.MP3"))).toEqual(["Interview.MP3", "audio/mpeg"])
    expect(facts(NodeUpload.fromPath("/nowhere/take.wav"))).toEqual(["take.wav", "audio/wav"])
    expect(facts(NodeUpload.fromPath("clip.mp4"))).toEqual(["clip.mp4", "video/mp4"])
    expect(facts(NodeUpload.fromPath("/nowhere/noise"))).toEqual(["noise", "application/octet-stream"])
    expect(facts(NodeUpload.fromPath("a.strange"))).toEqual(["a.strange", "application/octet-stream"])
    expect(facts(NodeUpload.fromPath("/tmp/x.part", { name: "x.png" }))).toEqual(["x.png", "image/png"])
    expect(facts(NodeUpload.fromPath("/tmp/x.png", { type: "image/webp" }))).toEqual(["x.png", "image/webp"])
  })

  it.scopedLive("reads the file as it is, in pieces, from the start each time", () =>
    Effect.gen(function* () {
      const bytes = Files.numbered(1_000_003)
      const path = yield* Files.write(join(yield* Files.folder, "sound.wav"), bytes)
      const source = yield* NodeUpload.fromPath(path).look
      expect(source.size).toBe(1_000_003)
      expect(source.canOpen()).toBe(true)
      expect(Files.digest(yield* collect(source))).toBe(Files.digest(bytes))
      expect(Files.digest(yield* collect(source))).toBe(Files.digest(bytes))
      const sizes = yield* Effect.scoped(Effect.flatMap(source.open, Stream.runCollect))
      expect(Math.max(...Chunk.map(sizes, (chunk) => chunk.byteLength))).toBeLessThanOrEqual(256 * 1024)
      expect(yield* Files.opened(path)).toBe(0)
    })
  )

  it.scopedLive("closes the file when its reader stops half-way", () =>
    Effect.gen(function* () {
      const path = yield* Files.write(join(yield* Files.folder, "sound.wav"), Files.numbered(1_000_000))
      const source = yield* NodeUpload.fromPath(path).look
      const first = Effect.flatMap(source.open, (bytes) => Stream.runHead(bytes))
      yield* Effect.scoped(
        Effect.zipRight(
          first,
          Effect.map(Files.opened(path), (count) => expect(count).toBe(1))
        )
      )
      expect(yield* Files.opened(path)).toBe(0)
    }).pipe(process.platform === "linux" ? (test) => test : () => Effect.void)
  )
})

describe("a path that can't be sent", () => {
  it.scopedLive("is refused with a reason, which leaves the path out", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const file = yield* Files.write(join(folder, "a.wav"), "sound")
      const empty = yield* Files.write(join(folder, "empty.wav"), "")
      expect(yield* reasonOf(NodeUpload.fromPath(join(folder, "missing.wav")))).toBe("does not exist")
      expect(yield* reasonOf(NodeUpload.fromPath(join(file, "below.wav")))).toBe("does not exist")
      expect(yield* reasonOf(NodeUpload.fromPath(folder))).toBe("is a folder")
      expect(yield* reasonOf(NodeUpload.fromPath(empty))).toBe("is empty")
      expect(yield* reasonOf(NodeUpload.fromPath("a\0b"))).toBe("can't be read")
    })
  )

  it.scopedLive.skipIf(process.platform === "win32")("may be a socket or another thing that is no file", () =>
    Effect.gen(function* () {
      const path = join(yield* Files.folder, "s")
      yield* Effect.acquireRelease(
        Effect.async<ReturnType<typeof createServer>>((resume) => {
          const server = createServer().listen(path, () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      )
      expect(yield* reasonOf(NodeUpload.fromPath(path))).toBe("is no ordinary file")
    })
  )

  it.scopedLive.skipIf(process.platform === "win32")("may be one that this program must not read", () =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const path = yield* Files.write(join(folder, "secret.wav"), "sound")
      yield* Effect.promise(() => fs.chmod(folder, 0o755))
      yield* Effect.promise(() => fs.chmod(path, 0))
      expect(yield* Files.withoutPrivileges(Effect.exit(NodeUpload.fromPath(path).look))).toMatchObject({
        cause: { error: { reason: "can't be read: this program has no permission" } }
      })
    })
  )

  it.scopedLive("fails the call before anything is sent, and the error names the field alone", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const file = NodeUpload.fromPath("/very/private/missing.wav")
      const error = yield* Effect.flip(Effect.provide(Uploads.submit(file), Client.layer(url)))
      expect(error).toMatchObject({
        _tag: "InvalidInputError",
        outcome: "not-sent",
        issues: [{ path: "file", reason: "does not exist" }]
      })
      expect(JSON.stringify(error)).not.toContain("private")
      expect(received).toEqual([])
    })
  )
})

describe("a file that changed after the call looked at it", () => {
  const changes: ReadonlyArray<readonly [string, (path: string) => Promise<unknown>]> = [
    ["grew", (path) => fs.appendFile(path, "more")],
    ["shrank", (path) => fs.truncate(path, 3)],
    ["was touched", (path) => fs.utimes(path, 1, 1)],
    ["was replaced by one of the same size and time", replaceWithTwin],
    ["was removed", (path) => fs.rm(path)]
  ]

  async function replaceWithTwin(path: string) {
    const { atime, mtime } = await fs.stat(path)
    await fs.writeFile(`${path}.new`, "SOUND")
    await fs.utimes(`${path}.new`, atime, mtime)
    await fs.rename(`${path}.new`, path)
  }

  it.scopedLive.each(changes)("because it %s can't be opened", ([, change]) =>
    Effect.gen(function* () {
      const path = yield* Files.write(join(yield* Files.folder, "a.wav"), "sound")
      const { open } = yield* NodeUpload.fromPath(path).look
      yield* Effect.promise(() => change(path))
      const { reason } = yield* Effect.flip(Effect.scoped(open))
      expect(["has changed since the call began", "does not exist"]).toContain(reason)
      expect(yield* Files.opened(path)).toBe(0)
    })
  )
})

describe("on the wire", () => {
  it.scopedLive("the file follows the fields, whole, with its name encoded and its length known", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const bytes = Files.numbered(300_001)
      const path = yield* Files.write(join(yield* Files.folder, "a.flac"), bytes)
      const file = NodeUpload.fromPath(path, { name: 'Über "uns"\r\n日本.flac' })
      const call = CheapAi.execute(Uploads.Submit, { file, title: 'a "title"\r\nof two lines' })
      expect(yield* Effect.provide(call, Client.layer(url))).toMatchObject({ taskId: "task_of_a_file" })
      const [request] = received
      if (request === undefined) return expect.fail("nothing arrived")
      expect(request.headers["content-length"]).toBe(String(request.body.byteLength))
      expect(request.headers["transfer-encoding"]).toBeUndefined()
      const [title, sent, ...others] = Uploads.parts(request)
      expect(title?.head).toBe('Content-Disposition: form-data; name="title"')
      expect(title?.body.toString()).toBe('a "title"\r\nof two lines')
      expect(sent?.head.split("\r\n")).toEqual([
        'Content-Disposition: form-data; name="file"; filename="Über %22uns%22%0D%0A日本.flac"',
        "Content-Type: audio/x-flac"
      ])
      expect(Files.digest(sent?.body ?? new Uint8Array())).toBe(Files.digest(bytes))
      expect(others).toEqual([])
    })
  )
})
