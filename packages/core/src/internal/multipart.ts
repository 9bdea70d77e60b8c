/** Parts become the pieces of a body (RFC 7578, names as browsers write them). */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { Multipart } from "../Multipart.js"
import { isUpload, type Source, type Upload, UploadError } from "../Upload.js"

const encoder = new TextEncoder()

const escapes: Readonly<Record<string, string>> = { '"': "%22", "\r": "%0D", "\n": "%0A" }

const quote = (name: string): string => `"${name.replace(/["\r\n]/g, (sign) => escapes[sign] ?? sign)}"`

const isMediaType = (type: string): boolean => /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;[\x20-\x7e]*)?$/.test(type)

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

const boundary: Effect.Effect<string> = Effect.map(
  Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), 32),
  (digits) => `cheapai-${digits.map((digit) => alphabet[digit]).join("")}`
)

/** A file that grew or shrank since it was looked at would break the request's length. */
const exactly = (bytes: Stream.Stream<Uint8Array, UploadError>, size: number): typeof bytes =>
  Stream.suspend(() => {
    const changed = new UploadError({ reason: "is not as long as it was when the call began" })
    let left = size
    return Stream.concat(
      Stream.tap(bytes, (chunk) => {
        left -= chunk.byteLength
        return left < 0 ? Effect.fail(changed) : Effect.void
      }),
      Stream.suspend(() => (left === 0 ? Stream.empty : Stream.fail(changed)))
    )
  })

/** The same source, checked against its size; its errors say which field they are about. */
const checked = (source: Source, path: string): Source => {
  const { open, size } = source
  const name = (error: UploadError) => new UploadError({ path, reason: error.reason })
  const check = (bytes: Stream.Stream<Uint8Array, UploadError>) =>
    Stream.mapError(size === undefined ? bytes : exactly(bytes, size), name)
  return { ...source, open: Effect.mapBoth(open, { onFailure: name, onSuccess: check }) }
}

interface Part {
  readonly head: string
  readonly body: Uint8Array | Source
}

const filePart = (name: string, path: string, upload: Upload): Effect.Effect<Part, UploadError> => {
  const refuse = (reason: string) => Effect.fail(new UploadError({ path, reason }))
  if (upload.name === "") return refuse("has no name")
  if (!isMediaType(upload.type)) return refuse("has a type that is no media type such as audio/mpeg")
  return upload.look.pipe(
    Effect.mapError(({ reason }) => new UploadError({ path, reason })),
    Effect.flatMap((source) => (source.size === 0 ? refuse("is empty") : Effect.succeed(source))),
    Effect.map((source) => ({
      head: `name=${quote(name)}; filename=${quote(upload.name)}\r\nContent-Type: ${upload.type}`,
      body: checked(source, path)
    }))
  )
}

const textPart = (name: string, value: unknown): Part => ({
  head: `name=${quote(name)}`,
  body: encoder.encode(Predicate.isObject(value) ? JSON.stringify(value) : String(value))
})

const partsOf = (name: string, value: unknown): ReadonlyArray<Effect.Effect<Part, UploadError>> => {
  if (isUpload(value)) return [filePart(name, name, value)]
  if (Array.isArray(value) && value.every(isUpload)) {
    return value.map((upload, index) => filePart(name, `${name}[${index}]`, upload))
  }
  return value === undefined ? [] : [Effect.sync(() => textPart(name, value))]
}

const sizeOf = (piece: Uint8Array | Source): number | undefined =>
  piece instanceof Uint8Array ? piece.byteLength : piece.size

/** Looks at every file. Fields come before files, so that a server can judge them first. */
export const multipart = (fields: Readonly<Record<string, unknown>>): Effect.Effect<Multipart, UploadError> =>
  Effect.gen(function* () {
    const mark = yield* boundary
    const inOrder = Object.entries(fields).sort(([, a], [, b]) => Number(holdsFiles(a)) - Number(holdsFiles(b)))
    const parts = yield* Effect.all(inOrder.flatMap(([name, value]) => partsOf(name, value)))
    const pieces = [
      ...parts.flatMap(({ body, head }, index) => [
        encoder.encode(`${index === 0 ? "" : "\r\n"}--${mark}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
        body
      ]),
      encoder.encode(`\r\n--${mark}--\r\n`)
    ]
    const length = pieces.reduce<number | undefined>((sum, piece) => {
      const size = sizeOf(piece)
      return sum === undefined || size === undefined ? undefined : sum + size
    }, 0)
    return { contentType: `multipart/form-data; boundary=${mark}`, length, pieces }
  })

const holdsFiles = (value: unknown): boolean => isUpload(value) || (Array.isArray(value) && value.some(isUpload))
