/**
 * Result files on disk: a file is there whole or not at all.
 *
 * @since 0.1.0
 */
import { dirname, join } from "node:path"
import { type PlatformError, SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError, DownloadError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import type * as Task from "@effect-cheapai/core/Task"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"

/** Taken from its layer, not provided: the bytes may come from another file system. */
const ownFileSystem = Effect.provide(FileSystem.FileSystem, NodeFileSystem.layer)

const isTaken = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "AlreadyExists"

/** Beside the target, because a rename is atomic only within one file system. */
const createBeside = (fs: FileSystem.FileSystem, path: string): Effect.Effect<string, PlatformError> =>
  Effect.flatMap(Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER), (number) => {
    const name = join(dirname(path), `.cheapai-${number.toString(36)}.part`)
    return Effect.as(Effect.scoped(fs.open(name, { flag: "wx" })), name)
  }).pipe(Effect.retry({ while: isTaken, times: 10 }))

/** Found out before the bytes are fetched. */
const refuseFolder = (fs: FileSystem.FileSystem, path: string) =>
  Effect.flatMap(
    Effect.orElseSucceed(fs.stat(path), () => undefined),
    (found) =>
      found?.type === "Directory"
        ? new SystemError({
            module: "FileSystem",
            method: "toFile",
            reason: "BadResource",
            pathOrDescriptor: path,
            description: "is a folder"
          })
        : Effect.void
  )

/** A write is not interrupted: its descriptor could be another file's before it is carried out. */
const write = <E, R>(file: FileSystem.File, bytes: Stream.Stream<Uint8Array, E, R>) =>
  Stream.runFoldEffect(bytes, 0, (sum, chunk) =>
    chunk.byteLength === 0
      ? Effect.succeed(sum)
      : Effect.as(Effect.uninterruptible(file.writeAll(chunk)), sum + chunk.byteLength)
  ).pipe(Effect.zipLeft(file.sync))

/**
 * Writes the bytes to a file and answers how many they were. They go to a hidden file in the same folder, which takes the
 * target's place once it is complete and on the disk. When anything fails, or the effect is interrupted, the hidden file is
 * removed and the target is as it was; a process that is killed leaves it behind. A target that is a link is replaced
 * itself.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toFile = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  path: string
): Effect.Effect<number, E | PlatformError, R> =>
  Effect.gen(function* () {
    const fs = yield* ownFileSystem
    yield* refuseFolder(fs, path)
    return yield* Effect.acquireUseRelease(
      createBeside(fs, path),
      (name) =>
        Effect.scoped(Effect.flatMap(fs.open(name, { flag: "r+" }), (file) => write(file, bytes))).pipe(
          Effect.zipLeft(Effect.uninterruptible(fs.rename(name, path)))
        ),
      (name, exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.ignore(fs.remove(name)))
    )
  })

/**
 * The file at an address of a result, on disk: `Download.stream` into `toFile`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromUrl = <E = never, R = never>(
  url: URL,
  path: string,
  options: Download.Options<E, R> = {}
): Effect.Effect<number, DownloadError | E | PlatformError, CheapAi | R> => toFile(Download.stream(url, options), path)

/**
 * A file of a task's result, on disk: `Download.fromTask` into `toFile`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromTask = <A>(
  task: Task.Task<A>,
  address: (result: Task.Result<A>) => URL | undefined,
  path: string,
  options: Pick<Download.Options, "onProgress"> = {}
): Effect.Effect<number, CallError | TaskError | DownloadError | PlatformError, CheapAi> =>
  toFile(Download.fromTask(task, address, options), path)
