/**
 * Voices of one's own (`/v1m`): made from a recording, listed, deleted. These calls answer at once; `TextToSpeech.miniMax`
 * speaks with such a voice.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as CheapAi from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { Id, optionalUrl, strings } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Upload from "./Upload.js"

/**
 * The id of a cloned voice: one string, whether the service wrote a number or a string.
 *
 * @since 0.1.0
 * @category schemas
 */
export const VoiceId = Id
/**
 * @since 0.1.0
 * @category models
 */
export type VoiceId = typeof VoiceId.Type

/**
 * What to clone: an mp3 file of at most 20 MB.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CreateInput = Schema.Struct({
  file: Upload.of({ endings: ["mp3"], maxBytes: 20_000_000 }),
  voiceName: Field.optional(Field.Name).pipe(Schema.fromKey("voice_name")),
  /** What the sample of the new voice says. */
  previewText: Field.optional(Field.Text).pipe(Schema.fromKey("preview_text")),
  /** `English`, or another that the service knows. */
  languageTag: Field.optional(Field.Name).pipe(Schema.fromKey("language_tag")),
  needNoiseReduction: Field.optional(Field.Flag).pipe(Schema.fromKey("need_noise_reduction")),
  genderTag: Field.optional(Schema.Literal("male", "female").annotations({ description: "male or female" })).pipe(
    Schema.fromKey("gender_tag")
  )
})
/**
 * @since 0.1.0
 * @category models
 */
export type CreateInput = typeof CreateInput.Type

/**
 * The new voice's id, as `TextToSpeech.miniMax` takes it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Created = Schema.Struct({
  voiceId: Schema.propertySignature(VoiceId).pipe(Schema.fromKey("cloned_voice_id"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Created = typeof Created.Type

/**
 * `POST /v1m/voice/clone` (voice-cloning).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Create = Route.make({
  method: "POST",
  path: "/v1m/voice/clone",
  encoding: "multipart",
  replay: "once",
  input: CreateInput,
  output: Created,
  unconfirmed: ["file: limit"]
})

/**
 * Clones a voice and answers with its id; there is no task to await. It may be charged, so it is sent again only when
 * nothing can have been done (or the service says that it failed).
 *
 * @since 0.1.0
 * @category constructors
 */
export const create = (input: CreateInput): Effect.Effect<Created, CallError, CheapAi.CheapAi> =>
  CheapAi.execute(Create, input)

const nameOrNone = Schema.optionalToRequired(Schema.Unknown, Schema.String, {
  decode: Option.match({ onNone: () => "", onSome: (u) => (typeof u === "string" ? u : "") }),
  encode: Option.some
})

/**
 * A cloned voice. `name` and `tags` are empty when the service leaves them out.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Voice = Schema.Struct({
  voiceId: Schema.propertySignature(VoiceId).pipe(Schema.fromKey("voice_id")),
  name: nameOrNone.pipe(Schema.fromKey("voice_name")),
  tags: strings.pipe(Schema.fromKey("tag_list")),
  sampleUrl: optionalUrl.pipe(Schema.fromKey("sample_audio"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Voice = typeof Voice.Type

/**
 * `GET /v1m/voice/clone` (voice-cloning).
 *
 * @since 0.1.0
 * @category constructors
 */
export const List = Route.make({
  method: "GET",
  path: "/v1m/voice/clone",
  replay: "safe",
  input: Route.NoInput,
  output: Schema.Struct({ data: Schema.NullOr(Schema.Array(Voice)) })
})

/**
 * The account's cloned voices. A read: retried, costs nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const list: Effect.Effect<ReadonlyArray<Voice>, CallError, CheapAi.CheapAi> = Effect.map(
  CheapAi.execute(List, {}),
  ({ data }) => data ?? []
)

/**
 * Which voice to delete.
 *
 * @since 0.1.0
 * @category schemas
 */
export const DeleteInput = Schema.Struct({
  voiceId: Schema.propertySignature(Field.VoiceId).pipe(Schema.fromKey("voice_clone_id"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type DeleteInput = typeof DeleteInput.Type

/**
 * `DELETE /v1m/voice/clone/{voice_clone_id}` (voice-cloning).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Delete = Route.make({
  method: "DELETE",
  path: "/v1m/voice/clone/{voice_clone_id}",
  replay: "safe",
  input: DeleteInput,
  output: Schema.Struct({}),
  unconfirmed: ["result"]
})

const delete_ = (input: DeleteInput): Effect.Effect<void, CallError, CheapAi.CheapAi> =>
  Effect.asVoid(CheapAi.execute(Delete, input))

export {
  /**
   * Deletes a cloned voice. Costs nothing; retried, and a voice that a retry finds gone counts as deleted.
   *
   * @since 0.1.0
   * @category constructors
   */
  delete_ as delete
}
