/** A request's JSON body, read strictly: any bytes become a value of the schema or a 400 that names the field. */
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type * as Wire from "../Wire.js"
import * as Fields from "./fields.js"
import { badRequest } from "./route.js"

export const parse = (body: Uint8Array): Either.Either<unknown, string> =>
  Either.try({
    try: (): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)),
    catch: () => "body: not valid JSON in UTF-8"
  })

const isJson = (request: Wire.WireRequest): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")

export const decode = <A, I>(schema: Schema.Schema<A, I>) => {
  const read = Fields.read(schema)
  return (request: Wire.WireRequest): Either.Either<A, Wire.WireReply> =>
    (isJson(request) ? parse(request.body) : Either.left("content-type: must be application/json")).pipe(
      Either.mapLeft(badRequest),
      Either.flatMap(read)
    )
}
