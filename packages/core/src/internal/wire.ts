/** Schemas for what the service sends loosely: numbers as strings, nulls, missing fields. */
import * as Duration from "effect/Duration"
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

/** A boolean likewise. */
export const optionalBoolean = Schema.optionalToOptional(Schema.Unknown, Schema.Boolean, {
  decode: Option.filter((u): u is boolean => typeof u === "boolean"),
  encode: (value) => value
})

/** An address likewise. */
export const optionalUrl = Schema.optionalToOptional(Schema.Unknown, Schema.URLFromSelf, {
  decode: Option.filterMap((u) => (typeof u === "string" && URL.canParse(u) ? Option.some(new URL(u)) : Option.none())),
  encode: Option.map(String)
})

const optionalDuration = (fromNumber: (n: number) => Duration.Duration, toUnit: (d: Duration.Duration) => number) =>
  Schema.optionalToOptional(Schema.Unknown, Schema.DurationFromSelf, {
    decode: (value) =>
      value.pipe(
        Option.flatMap(toNumber),
        Option.filter((n) => n >= 0),
        Option.map(fromNumber)
      ),
    encode: Option.map(toUnit)
  })

/** A time likewise, in the unit that the service counts in. */
export const optionalMillis = optionalDuration(Duration.millis, Duration.toMillis)
export const optionalSeconds = optionalDuration(Duration.seconds, Duration.toSeconds)

/** A list of strings: empty when there is none; what is no string is left out. */
export const strings = Schema.optionalToRequired(Schema.Unknown, Schema.Array(Schema.String), {
  decode: Option.match({
    onNone: () => [],
    onSome: (u) => (Array.isArray(u) ? u.filter((item) => typeof item === "string") : [])
  }),
  encode: Option.some
})

/** An address that a result is worth nothing without. */
export const Url = Schema.URL.annotations({ description: "a URL" })

/** An id that may arrive as a number. */
export const Id = Schema.Union(
  Schema.NonEmptyString,
  Schema.transform(Schema.Int, Schema.String, { strict: true, decode: String, encode: Number })
).annotations({ description: "an id" })

/** An id that nobody should lose a result over. */
export const optionalId = Schema.optionalToOptional(Schema.Unknown, Schema.String, {
  decode: Option.flatMap(Schema.decodeUnknownOption(Id)),
  encode: (value) => value
})
