/**
 * The body of an upload, as pieces that an adapter makes a body of: for clients that send streams, and for `fetch`.
 *
 * @since 0.1.0
 */
import * as HttpBody from "@effect/platform/HttpBody"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Source, UploadError } from "./Upload.js"

/**
 * The framing as bytes and the files as sources, in the order in which they are sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Multipart {
  readonly contentType: string
  /** In bytes; absent when a file's size is known only at its end. */
  readonly length: number | undefined
  readonly pieces: ReadonlyArray<Uint8Array | Source>
}

/**
 * Hears how many bytes of a body have been handed over, and whether those were all.
 *
 * @since 0.1.0
 * @category models
 */
export type Report = (bytes: number, all: boolean) => void

/**
 * Makes the body of one try. Files are opened first, so one that can't be opened fails before anything is sent.
 *
 * @since 0.1.0
 * @category models
 */
export type MakeBody = (
  multipart: Multipart,
  report: Report
) => Effect.Effect<HttpBody.HttpBody, UploadError, Scope.Scope>

const longestChunk = 128 * 1024

/** Small enough that what is handed over tells how much has left. */
const split = (chunk: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(chunk.byteLength / longestChunk) }, (_, index) =>
    chunk.subarray(index * longestChunk, (index + 1) * longestChunk)
  )

const open = (piece: Uint8Array | Source) =>
  piece instanceof Uint8Array ? Effect.succeed(Stream.make(piece)) : piece.open

/**
 * A body that is read while it is sent, and reported.
 *
 * @since 0.1.0
 * @category constructors
 */
export const toStream: MakeBody = (multipart, report) =>
  Effect.map(Effect.forEach(multipart.pieces, open), (streams) => {
    let sent = 0
    report(0, false)
    const bytes = Stream.concatAll(Chunk.fromIterable(streams)).pipe(
      Stream.mapConcat(split),
      Stream.tap((chunk) =>
        Effect.sync(() => {
          sent += chunk.byteLength
          report(sent, false)
        })
      ),
      Stream.concat(Stream.execute(Effect.sync(() => report(sent, true))))
    )
    return HttpBody.stream(bytes, multipart.contentType, multipart.length)
  })

type Part = Blob | Uint8Array<ArrayBuffer>

const partsOf = (piece: Uint8Array | Source): Effect.Effect<ReadonlyArray<Part>, UploadError, Scope.Scope> => {
  if (!(piece instanceof Uint8Array) && piece.blob !== undefined) return Effect.succeed([piece.blob])
  return Effect.flatMap(open(piece), (bytes) =>
    Effect.map(Stream.runCollect(bytes), (chunks) =>
      Chunk.toReadonlyArray(chunks).map((chunk) => new Uint8Array(chunk))
    )
  )
}

const intoMemory = (part: Part): Effect.Effect<Part, UploadError> =>
  part instanceof Uint8Array
    ? Effect.succeed(part)
    : Effect.tryPromise({
        try: async () => new Uint8Array(await part.arrayBuffer()),
        catch: () => new UploadError({ reason: "could not be read to its end" })
      })

const sizeOf = (part: Part): number => (part instanceof Uint8Array ? part.byteLength : part.size)

/** Without a type: its header has it, and workerd warns of a blob whose type is that of a form. */
const blobOf = (parts: ReadonlyArray<Part>): Blob => new Blob([...parts])

/**
 * A body for `fetch`: one `Blob`. Files that are no blobs are read into memory, and so are all where a blob of blobs is
 * too short, as Bun's is that holds a `Bun.file`. One that is too short even then is found out before anything is sent.
 *
 * @since 0.1.0
 * @category constructors
 */
export const toBlob: MakeBody = ({ contentType, pieces }) =>
  Effect.gen(function* () {
    const parts = (yield* Effect.forEach(pieces, partsOf)).flat()
    const length = parts.reduce((sum, part) => sum + sizeOf(part), 0)
    const composed = blobOf(parts)
    const blob = composed.size === length ? composed : blobOf(yield* Effect.forEach(parts, intoMemory))
    if (blob.size !== length) return yield* new UploadError({ reason: "is not as long as it says it is" })
    return HttpBody.raw(blob, { contentType, contentLength: length })
  })
