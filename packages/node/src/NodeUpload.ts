/**
 * Files on disk as uploads: read while they are sent, a piece at a time, and never once they have changed.
 *
 * @since 0.1.0
 */
import type { BigIntStats } from "node:fs"
import * as fs from "node:fs/promises"
import { basename } from "node:path"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import mime from "mime"

/** Larger pieces were no faster, and a slow connection would show its progress more seldom. */
const pieceSize = 128 * 1024

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "can't be read: this program has no permission",
  EPERM: "can't be read: this program has no permission",
  EMFILE: "can't be opened: this program has too many files open",
  ENFILE: "can't be opened: this machine has too many files open"
}

const refuse = (reason: string) => Effect.fail(new Upload.UploadError({ reason }))

const changed = refuse("has changed since the call began")

/** Node's messages hold the path, which is nobody's business. */
const reasonOf = (cause: unknown): string =>
  (Predicate.hasProperty(cause, "code") ? reasons[String(cause.code)] : undefined) ?? "can't be read"

const io = <A>(run: () => Promise<A>): Effect.Effect<A, Upload.UploadError> =>
  Effect.tryPromise({ try: run, catch: (cause) => new Upload.UploadError({ reason: reasonOf(cause) }) })

const stat = (path: string) =>
  Effect.filterOrElse(
    io(() => fs.stat(path, { bigint: true })),
    (found) => found.isFile(),
    (found) => refuse(found.isDirectory() ? "is a folder" : "is no ordinary file")
  )

const isSame = (a: BigIntStats, b: BigIntStats): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino

const unchanged = (handle: fs.FileHandle, seen: BigIntStats) =>
  Effect.filterOrElse(
    io(() => handle.stat({ bigint: true })),
    (now) => isSame(now, seen),
    () => changed
  )

/** The last piece is handed on only after another look, so no whole request can hold a mixture of two versions. */
const pieces = (handle: fs.FileHandle, seen: BigIntStats): Stream.Stream<Uint8Array, Upload.UploadError> => {
  const size = Number(seen.size)
  const read = (at: number) =>
    Effect.gen(function* () {
      const length = Math.min(pieceSize, size - at)
      const { buffer, bytesRead } = yield* io(() => handle.read(new Uint8Array(length), 0, length, at))
      if (bytesRead === 0) return yield* changed
      const end = at + bytesRead
      if (end === size) yield* unchanged(handle, seen)
      return Option.some([buffer.subarray(0, bytesRead), end] as const)
    })
  return Stream.unfoldEffect(0, (at) => (at === size ? Effect.succeedNone : read(at)))
}

/** A handle's `close` waits for a read in flight: a bare descriptor's number could be another file's by then. */
const handleOf = (path: string): Effect.Effect<fs.FileHandle, Upload.UploadError, Scope.Scope> =>
  Effect.acquireRelease(
    io(() => fs.open(path)),
    (opened) => Effect.ignore(io(() => opened.close()))
  )

/** Stated before it is opened, because to open a pipe is to wait for its other end. */
const look = (path: string): Effect.Effect<Upload.Source, Upload.UploadError> =>
  Effect.gen(function* () {
    const seen = yield* stat(path)
    yield* Effect.scoped(handleOf(path))
    if (seen.size === 0n) return yield* refuse("is empty")
    const open = Effect.flatMap(handleOf(path), (handle) => Effect.as(unchanged(handle, seen), pieces(handle, seen)))
    return { size: Number(seen.size), open, canOpen: () => true }
  })

/**
 * A file on this machine. Each call looks at it, each try reads it from the start; a file that has changed since the call
 * began is refused with `InvalidInputError`. Its name is the path's last part and its type follows from the name's ending
 * unless they are given. The path itself is never sent, nor put into an error.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromPath = (path: string, options: Partial<Upload.Options> = {}): Upload.Upload => {
  const name = options.name ?? (basename(String(path)) || "file")
  return Upload.make({ name, type: options.type ?? mime.getType(name) ?? undefined, look: look(path) })
}
