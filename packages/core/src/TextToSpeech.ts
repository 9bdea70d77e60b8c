/**
 * Speech from text, by three families of voices. Each has fields of its own; a field of another family does not compile,
 * and from unchecked data it is refused with the name of the function to call.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CheapAi } from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { namesOf, nestedIn } from "./internal/fieldNames.js"
import { fromMetadata } from "./internal/result.js"
import { optionalUrl, Url } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"

const shared = {
  text: Field.Text,
  withTranscript: Field.optional(Field.Flag).pipe(Schema.fromKey("with_transcript")),
  receiveUrl: Field.receiveUrl
}

const VoiceFields = Schema.Struct({
  ...shared,
  voiceId: Schema.propertySignature(Field.VoiceId).pipe(Schema.fromKey("voice_id")),
  modelId: Field.optional(Field.Name).pipe(Schema.fromKey("model_id")),
  voiceSettings: Field.optional(Schema.Struct({ ...Field.voiceSettings, speed: Field.optional(Field.Finite) })).pipe(
    Schema.fromKey("voice_settings")
  ),
  outputFormat: Field.optional(Field.Name).pipe(Schema.fromKey("output_format"))
})

const MiniMaxFields = Schema.Struct({
  ...shared,
  model: Field.optional(Field.Name),
  voiceSetting: Schema.propertySignature(
    Schema.Struct({
      voiceId: Schema.propertySignature(Field.VoiceId).pipe(Schema.fromKey("voice_id")),
      vol: Field.optional(Field.between(0.5, 2)),
      pitch: Field.optional(Field.between(-12, 12)),
      speed: Field.optional(Field.between(0.01, 10))
    })
  ).pipe(Schema.fromKey("voice_setting")),
  languageBoost: Field.optional(Field.Name).pipe(Schema.fromKey("language_boost"))
})

const EdgeFields = Schema.Struct({
  ...shared,
  voice: Field.Name,
  speed: Field.optional(Field.Finite),
  withLoudnorm: Field.optional(Field.Flag).pipe(Schema.fromKey("with_loudnorm"))
})

const families = [
  { name: "Voice", root: "/v1", call: "TextToSpeech.voice", fields: VoiceFields },
  { name: "MiniMax", root: "/v1m", call: "TextToSpeech.miniMax", fields: MiniMaxFields },
  { name: "Edge", root: "/v1e", call: "TextToSpeech.edge", fields: EdgeFields }
] as const

type Families = (typeof families)[number]["fields"]["Type"]
type NameIn<Fields> = Fields extends unknown ? keyof Fields : never

/** One family's fields, and none of those that only the others have. */
type Only<Own> = Own & { readonly [Foreign in Exclude<NameIn<Families>, keyof Own>]?: never }

/** The other families' fields by both their names, and what to say of each. */
const foreignTo = (own: Schema.Schema.Any): Readonly<Record<string, string>> => {
  const known = new Set(namesOf(own).map(({ name }) => name))
  const nested = nestedIn(own)
  const hint = (name: string, family: string, call: string) => {
    const path = nested.get(name)
    const elsewhere = `${name} belongs to ${family}: call ${call}.`
    return path === undefined ? elsewhere : `Here it is ${path}. As a field of its own, ${elsewhere}`
  }
  return Object.fromEntries(
    families.flatMap(({ call, fields, name: family, root }) =>
      namesOf(fields)
        .filter(({ name }) => !known.has(name))
        .flatMap(({ name, wire }) => [name, wire])
        .map((name) => [name, hint(name, `${family} (${root})`, call)])
    )
  )
}

const only = <Own, I>(own: Schema.Schema<Own, I>) => {
  const foreign = Object.keys(foreignTo(own))
  return own.pipe(
    Schema.filter((input): input is Only<Own> => foreign.every((name) => !Object.hasOwn(Object(input), name)))
  )
}

/**
 * What a voice of `/v1` is to say. `modelId` is `eleven_multilingual_v2` or another that the service offers,
 * `outputFormat` for example `mp3_44100_128`; with `withTranscript` there are subtitles too. `voiceSettings` are not in the
 * service's own documentation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const VoiceInput = only(VoiceFields)
/**
 * @since 0.1.0
 * @category models
 */
export type VoiceInput = typeof VoiceInput.Type

/**
 * What a MiniMax voice, also a cloned one, is to say. `model` is `speech-2.6-hd`, `speech-2.6-turbo` or another that the
 * service offers; `vol` is 0.5–2, `pitch` −12–12, `speed` 0.01–10.
 *
 * @since 0.1.0
 * @category schemas
 */
export const MiniMaxInput = only(MiniMaxFields)
/**
 * @since 0.1.0
 * @category models
 */
export type MiniMaxInput = typeof MiniMaxInput.Type

/**
 * What an Edge voice (`en-US-BrianMultilingualNeural`) is to say: text, or subtitles in SRT. None of these fields is in the
 * service's own documentation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const EdgeInput = only(EdgeFields)
/**
 * @since 0.1.0
 * @category models
 */
export type EdgeInput = typeof EdgeInput.Type

/**
 * Spoken text; `srtUrl` and `jsonUrl` lead to its transcript, when one was asked for.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Speech = fromMetadata(
  Schema.Struct({
    audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("audio_url")),
    srtUrl: optionalUrl.pipe(Schema.fromKey("srt_url")),
    jsonUrl: optionalUrl.pipe(Schema.fromKey("json_url"))
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Speech = typeof Speech.Type

/**
 * `POST /v1/text-to-speech/{voice_id}` (text-to-speech). It looks like a call that answers at once; it is a task.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Voice = Route.makeTask({
  path: "/v1/text-to-speech/{voice_id}",
  query: ["output_format"],
  input: VoiceInput,
  result: Speech,
  unconfirmed: ["voice_settings", "result"],
  misplaced: foreignTo(VoiceFields)
})

/**
 * Creates a task that speaks with a voice of `/v1`. Billed; sent again only when nothing can have been done (or the service
 * says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const voice = (input: VoiceInput): Effect.Effect<Task.Task<Speech>, CallError, CheapAi> =>
  Task.submit(Voice, input)

/**
 * `POST /v1m/task/text-to-speech` (text-to-speech).
 *
 * @since 0.1.0
 * @category constructors
 */
export const MiniMax = Route.makeTask({
  path: "/v1m/task/text-to-speech",
  input: MiniMaxInput,
  result: Speech,
  unconfirmed: [
    "with_transcript",
    "receive_url",
    "voice_setting.vol: limit",
    "voice_setting.pitch: limit",
    "voice_setting.speed: limit",
    "result"
  ],
  misplaced: foreignTo(MiniMaxFields)
})

/**
 * Creates a task that speaks with a MiniMax voice. Billed; sent again only when nothing can have been done (or the service
 * says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const miniMax = (input: MiniMaxInput): Effect.Effect<Task.Task<Speech>, CallError, CheapAi> =>
  Task.submit(MiniMax, input)

/**
 * `POST /v1e/task/text-to-speech` (text-to-speech). The documentation names this route, but none of its fields.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Edge = Route.makeTask({
  path: "/v1e/task/text-to-speech",
  input: EdgeInput,
  result: Speech,
  unconfirmed: [...namesOf(EdgeFields).map(({ wire }) => wire), "result"],
  misplaced: foreignTo(EdgeFields)
})

/**
 * Creates a task that speaks with an Edge voice. Billed; sent again only when nothing can have been done (or the service
 * says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const edge = (input: EdgeInput): Effect.Effect<Task.Task<Speech>, CallError, CheapAi> => Task.submit(Edge, input)
