/** Schemas for what the service sends loosely: numbers as strings, nulls, missing fields. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A number, or the same number written as a string. */
export const Numeric = Schema.Union(Schema.JsonNumber, Schema.NumberFromString.pipe(Schema.finite())).annotations({
  description: "a number"
})

export const toNumber = (u: unknown): Option.Option<number> => {
  const value = typeof u === "string" && u.trim() !== "" ? Number(u) : u
  return typeof value === "number" && Number.isFinite(value) ? Option.some(value) : Option.none()
}

/** A number that nobody should lose a result over: anything unreadable counts as absent. */
export const optionalNumber = Schema.optionalToOptional(Schema.Unknown, Schema.Number, {
  decode: Option.flatMap(toNumber),
  encode: (value) => value
})

/** A string likewise. */
export const optionalString = Schema.optionalToOptional(Schema.Unknown, Schema.String, {
  decode: Option.filter((u): u is string => typeof u === "string" && u !== ""),
  encode: (value) => value
})

/** An id that may arrive as a number. */
export const Id = Schema.Union(
  Schema.NonEmptyString,
  Schema.transform(Schema.Int, Schema.String, { strict: true, decode: String, encode: Number })
).annotations({ description: "an id" })
