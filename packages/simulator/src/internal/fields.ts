/** The kinds of field that several routes have, and the strict reading of unknown input by a schema of them. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type * as Wire from "../Wire.js"
import { badRequest } from "./route.js"

/** A field that may be left out; `null` is not leaving out. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

const outside = (least: number, most: number) => ({ message: () => `must be from ${least} to ${most}` })

export const between = (least: number, most: number) =>
  Schema.Number.pipe(Schema.between(least, most, outside(least, most)))

/** "Usually 1-3" says the API; the limit keeps one request from asking for a million results. */
const mostResults = 10

/** How many results are wanted, as a number in JSON. */
export const ResultCount = Schema.Int.pipe(Schema.between(1, mostResults, outside(1, mostResults)))

/** A whole number of at least 0 as the text of a form. */
export const NumberText = Schema.transform(
  Schema.String.pipe(Schema.pattern(/^\d{1,9}$/, { message: () => "must be a whole number of at least 0" })),
  Schema.Int,
  { strict: true, decode: Number, encode: String }
)

/** How many results are wanted, as the text of a form. */
export const ResultCountText = NumberText.pipe(Schema.between(1, mostResults, outside(1, mostResults)))

/** A boolean as the text of a form. */
export const FlagText = Schema.transformLiterals(["true", true], ["false", false])

const isWebUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

/** Where the end of a task is to be told. */
export const ReceiveUrl = Schema.String.pipe(
  Schema.filter(isWebUrl, { message: () => "must be an absolute http or https URL" })
)

const firstIssue = (error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  if (issue === undefined) return "body: invalid"
  const field = issue.path.length === 0 ? "body" : issue.path.map(String).join(".")
  return `${field}: ${issue.message}`
}

/** A value nested too deeply to be written into a message overflows the stack of the formatter. */
const describe = (error: ParseResult.ParseError): string =>
  Either.getOrElse(
    Either.try(() => firstIssue(error)),
    () => "body: nested too deeply"
  )

/** Reads any value by the schema, or answers with a 400 that names the first wrong field; unknown fields are wrong. */
export const read = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknownEither(schema, { onExcessProperty: "error" })
  return (input: unknown): Either.Either<A, Wire.WireReply> =>
    Either.mapLeft(decode(input), (error) => badRequest(describe(error)))
}
