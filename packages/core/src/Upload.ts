/**
 * A file to send: its name, its media type, and a way to open its bytes, again for each try. How the parts of a request
 * become a body is the adapter's (`Transport`).
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/**
 * @since 0.1.0
 * @category models
 */
export const TypeId: unique symbol = Symbol.for("@effect-cheapai/core/Upload")
/**
 * @since 0.1.0
 * @category models
 */
export type TypeId = typeof TypeId

/**
 * A file to send. Nothing is read before the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Upload {
  readonly [TypeId]: TypeId
  /** The file's name, as the service will see it. */
  readonly name: string
  /** The media type: `audio/mpeg`. */
  readonly type: string
  /** Looks at the file, once for each call, before anything is sent. */
  readonly look: Effect.Effect<Source, UploadError>
}

/**
 * The bytes of a file as a call found them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  /** In bytes; absent when it is known only at the end. */
  readonly size?: number | undefined
  /** Opens the bytes from the start; fails when they are no longer those that were looked at. */
  readonly open: Effect.Effect<Stream.Stream<Uint8Array, UploadError>, UploadError, Scope.Scope>
  /** Whether the bytes can be opened now: a stream's only once. */
  readonly canOpen: () => boolean
  /** The same bytes, for platforms that send a `Blob` without reading it. */
  readonly blob?: Blob | undefined
}

/**
 * How far an upload is: bytes handed over in this attempt, framing included. A retry begins again at 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly sent: number
  /** Absent when a file's size is known only at its end. */
  readonly total: number | undefined
  readonly attempt: number
}

/**
 * Why a file can't be sent: becomes an issue of `InvalidInputError`.
 *
 * @since 0.1.0
 * @category errors
 */
export class UploadError extends Data.TaggedError("UploadError")<{
  /** The input's field; the call fills it in. */
  readonly path?: string
  readonly reason: string
}> {}

/**
 * What every constructor takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly name: string
  /** Default `application/octet-stream`. */
  readonly type?: string | undefined
}

const unknownType = "application/octet-stream"

/**
 * A file of one's own kind.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options & Pick<Upload, "look">): Upload => ({
  [TypeId]: TypeId,
  name: options.name,
  type: options.type === undefined || options.type === "" ? unknownType : options.type,
  look: options.look
})

const always = () => true

const read = (blob: Blob): Stream.Stream<Uint8Array, UploadError> =>
  Stream.fromReadableStream(
    () => blob.stream(),
    () => new UploadError({ reason: "could not be read to its end" })
  )

/** A `Bun.file` calls its whole path its name, and that is nobody's business. */
const nameOf = (blob: Blob): string =>
  (Predicate.hasProperty(blob, "name") ? String(blob.name).split(/[\\/]/).at(-1) : undefined) ?? "file"

/**
 * The bytes of a `Blob` or `File`. A `File` brings its name, and both their type.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromBlob = (blob: Blob, options: Partial<Options> = {}): Upload =>
  make({
    name: options.name ?? nameOf(blob),
    type: options.type ?? blob.type,
    look: Effect.succeed({ size: blob.size, blob, open: Effect.succeed(read(blob)), canOpen: always })
  })

/**
 * Bytes in memory. They are not copied: leave them as they are until the call has ended.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromBytes = (bytes: Uint8Array, options: Options): Upload =>
  make({
    ...options,
    look: Effect.succeed({ size: bytes.byteLength, open: Effect.succeed(Stream.make(bytes)), canOpen: always })
  })

/**
 * A stream. It is read once, so a call that sends it is not retried once it has been opened; its error then says
 * `stopped: "stream-used"`. With `size` (in bytes) the length is sent ahead, and checked.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  options: Options & { readonly size?: number | undefined }
): Upload => {
  let used = false
  const spent = new UploadError({ reason: "is a stream that was read already: make the upload again" })
  const empty = new UploadError({ reason: "is empty" })
  const failed = () => new UploadError({ reason: "is a stream that failed" })
  const open = Effect.gen(function* () {
    if (used) return yield* spent
    used = true
    const pull = yield* Stream.toPull(Stream.filter(stream, (chunk) => chunk.byteLength > 0))
    const first = yield* pull.pipe(
      Effect.repeat({ until: Chunk.isNonEmpty }),
      Effect.mapError((end) => (Option.isSome(end) ? failed() : empty))
    )
    const rest = Stream.repeatEffectChunkOption(Effect.mapError(pull, Option.map(failed)))
    return Stream.concat(Stream.fromChunk(first), rest)
  })
  return make({
    ...options,
    look: Effect.suspend(() =>
      used ? Effect.fail(spent) : Effect.succeed({ size: options.size, open, canOpen: () => !used })
    )
  })
}

/**
 * @since 0.1.0
 * @category guards
 */
export const isUpload = (u: unknown): u is Upload => Predicate.hasProperty(u, TypeId)

/**
 * @since 0.1.0
 * @category schemas
 */
export const UploadFromSelf = Schema.declare(isUpload, {
  description: "an upload: Upload.fromBlob, Upload.fromBytes, Upload.fromStream, or the adapter's own"
})

/** The part of a name behind its last dot. */
const extensionOf = (name: string): string | undefined => /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase()

const within = (upload: Upload, bytes: number): Upload => ({
  ...upload,
  look: Effect.filterOrFail(
    upload.look,
    ({ size = 0 }) => size <= bytes,
    () => new UploadError({ reason: `is larger than ${bytes / 1_000_000} MB` })
  )
})

/**
 * An upload whose name ends in one of these, when it has an ending at all, and whose size is bounded.
 *
 * @since 0.1.0
 * @category schemas
 */
export const of = (limits: { readonly endings?: ReadonlyArray<string>; readonly maxBytes?: number }) => {
  const { endings, maxBytes } = limits
  const accepts = (upload: Upload): boolean => {
    const extension = extensionOf(upload.name)
    return endings === undefined || extension === undefined || endings.includes(extension)
  }
  const named =
    endings === undefined ? "a file" : `a file whose name, if it has an ending, ends in ${endings.join(", ")}`
  const description = maxBytes === undefined ? named : `${named}, of at most ${maxBytes / 1_000_000} MB`
  return Schema.transform(UploadFromSelf, UploadFromSelf, {
    strict: true,
    decode: (upload) => upload,
    encode: (upload) => (maxBytes === undefined ? upload : within(upload, maxBytes))
  }).pipe(Schema.filter(accepts, { description }))
}
