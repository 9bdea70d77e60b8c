/** Fields of requests, checked before anything is sent. A description says what is expected, to a person. */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** Without a union, whose every member would complain of the same value. */
export const orUndefined = <A>(schema: Schema.Schema<A>): Schema.Schema<A | undefined> => {
  const check = (self: Schema.Schema<A>) => {
    const validate = ParseResult.validate(self)
    return (u: unknown, options: Parameters<typeof validate>[1]) =>
      u === undefined ? ParseResult.succeed(undefined) : validate(u, options)
  }
  return Schema.declare([schema], { decode: check, encode: check })
}

/** A field that may be left out or `undefined`; either way it is not sent. */
export const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(schema, orUndefined(Schema.typeSchema(schema)), {
    decode: (value) => value,
    encode: Option.filter((value) => value !== undefined)
  })

const checked = <A>(schema: Schema.Schema<A>, description: string, accepts: (value: A) => boolean) =>
  schema.annotations({ description }).pipe(Schema.filter(accepts, { description }))

export const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === ""

export const Text = checked(Schema.String, "a text that is not blank", (text) => !isBlank(text))

/** Characters as people count them, not the units of a string. */
export const shortText = (longest: number) =>
  Text.pipe(
    Schema.filter((text) => [...text].length <= longest, { description: `a text of at most ${longest} characters` })
  )

/** A name out of an open list. */
export const Name = checked(Schema.String, "a string that is not blank", (name) => !isBlank(name))

export const Flag = Schema.Boolean.annotations({ description: "true or false" })

export const Finite = checked(Schema.Number, "a finite number", Number.isFinite)

export const between = (least: number, most: number) =>
  checked(Schema.Number, `a number from ${least} to ${most}`, (n) => n >= least && n <= most)

export const Whole = checked(Schema.Number, "a whole number", Number.isSafeInteger)

export const wholeFrom = (least: number) =>
  checked(Schema.Number, `a whole number from ${least}`, (n) => Number.isSafeInteger(n) && n >= least)

/** It may become a segment of a path: nothing in it may lead elsewhere. */
export const VoiceId = checked(
  Schema.String,
  "a voice id: not blank, not a path, without any of / \\ ? # %",
  (id) => /^[^/\\?#%\p{Cc}\p{Cs}]+$/u.test(id) && id === id.trim() && id !== "." && id !== ".."
)

const HttpUrl = checked(
  Schema.String,
  "an absolute http or https URL",
  (url) => /^https?:\/\/\S+$/i.test(url) && URL.canParse(url)
)

/** Where the service posts the finished task. */
export const receiveUrl = optional(HttpUrl).pipe(Schema.fromKey("receive_url"))

/** How a voice of `/v1` speaks. The service documents no ranges. */
export const voiceSettings = {
  stability: optional(Finite),
  similarityBoost: optional(Finite).pipe(Schema.fromKey("similarity_boost")),
  style: optional(Finite),
  useSpeakerBoost: optional(Flag).pipe(Schema.fromKey("use_speaker_boost"))
}
