/**
 * A recording spoken again in another language (`/v1`).
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CheapAi } from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { fromMetadata } from "./internal/result.js"
import { Url } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"
import * as Upload from "./Upload.js"

/**
 * What to dub: an mp3 or m4a file.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({
  file: Upload.of({ endings: ["mp3", "m4a"] }),
  targetLang: Schema.propertySignature(Field.Name).pipe(Schema.fromKey("target_lang")),
  /** Found out by the service when it is left out. */
  sourceLang: Field.optional(Field.Name).pipe(Schema.fromKey("source_lang")),
  /** 0 lets the service count them. */
  numSpeakers: Field.optional(Field.wholeFrom(0)).pipe(Schema.fromKey("num_speakers")),
  disableVoiceCloning: Field.optional(Field.Flag).pipe(Schema.fromKey("disable_voice_cloning")),
  receiveUrl: Field.receiveUrl
})
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

/**
 * The dubbed recording and its transcript.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Dubbed = fromMetadata(
  Schema.Struct({
    audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("audio_url")),
    srtUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("srt_url")),
    jsonUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("json_url"))
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Dubbed = typeof Dubbed.Type

/**
 * `POST /v1/task/dubbing` (audio-dubbing).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Dub = Route.makeTask({
  path: "/v1/task/dubbing",
  encoding: "multipart",
  input: Input,
  result: Dubbed
})

/**
 * Creates a task that dubs a file. Billed; sent again only when nothing can have been done (or the service says that it
 * failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const dub = (input: Input): Effect.Effect<Task.Task<Dubbed>, CallError, CheapAi> => Task.submit(Dub, input)
