/** A request's JSON body, read strictly: any bytes become a value of the schema or a 400 that names the field. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type * as Wire from "../Wire.js"
import { badRequest } from "./route.js"

const longestMessage = 200

const parse = (body: Uint8Array): Either.Either<unknown, string> =>
  Either.try({
    try: (): unknown => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)),
    catch: () => "body: not valid JSON in UTF-8"
  })

const firstIssue = (error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  if (issue === undefined) return "body: invalid"
  const field = issue.path.length === 0 ? "body" : issue.path.map(String).join(".")
  return `${field}: ${issue.message}`.slice(0, longestMessage)
}

const isJson = (request: Wire.WireRequest): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")

export const decode = <A, I>(schema: Schema.Schema<A, I>) => {
  const read = Schema.decodeUnknownEither(schema, { onExcessProperty: "error" })
  return (request: Wire.WireRequest): Either.Either<A, Wire.WireReply> =>
    (isJson(request) ? parse(request.body) : Either.left("content-type: must be application/json")).pipe(
      Either.flatMap((value) => Either.mapLeft(read(value), firstIssue)),
      Either.mapLeft(badRequest)
    )
}
