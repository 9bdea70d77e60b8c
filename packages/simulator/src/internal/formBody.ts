/** A request's multipart body, read strictly: any bytes become a value of the schema or a 400 that names the field. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type * as Wire from "../Wire.js"
import * as Fields from "./fields.js"
import * as Multipart from "./multipart.js"
import { badRequest } from "./route.js"

/** A part with a file name. */
export class Upload {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  /** What a message says that arrived. */
  toString(): string {
    return "a file"
  }
}

/** A file that is not empty. */
export const File = Schema.instanceOf(Upload, { message: () => "must be a file, with a file name" }).pipe(
  Schema.filter(({ bytes }) => bytes.length > 0, { message: () => "must not be an empty file" })
)

const valueIn = (part: Multipart.Part): Either.Either<Upload | string, string> =>
  part.fileName === undefined
    ? Either.fromNullable(Multipart.textOf(part.bytes), () => `${part.name}: not valid UTF-8`)
    : Either.right(new Upload(part.bytes))

type Form = Readonly<Record<string, unknown>>

const gather = (parts: ReadonlyArray<Multipart.Part>, repeated: string | undefined): Either.Either<Form, string> => {
  const single = new Map<string, Upload | string>()
  const several: Array<Upload | string> = []
  for (const part of parts) {
    const value = valueIn(part)
    if (Either.isLeft(value)) return Either.left(value.left)
    if (single.has(part.name)) return Either.left(`${part.name}: was sent more than once`)
    if (part.name === repeated) several.push(value.right)
    else single.set(part.name, value.right)
  }
  const form = Object.fromEntries(single)
  return Either.right(repeated === undefined || several.length === 0 ? form : { ...form, [repeated]: several })
}

/** Reads bodies by the schema of their parts: text as strings, files as `File`, the repeated part as an array. */
export const decode = <A, I>(schema: Schema.Schema<A, I>, repeated?: string) => {
  const read = Fields.read(schema)
  return (request: Wire.WireRequest): Either.Either<A, Wire.WireReply> =>
    Multipart.read(request.headers["content-type"] ?? "", request.body).pipe(
      Either.flatMap((parts) => gather(parts, repeated)),
      Either.mapLeft(badRequest),
      Either.flatMap(read)
    )
}
