/**
 * A transcript of a recording (`/v1`).
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
 * What to write down: an mp3, aac, aiff, ogg, opus, wav, webm, flac or m4a file. `tagAudioEvents` is not in the service's
 * own documentation.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({
  file: Upload.of({ endings: ["mp3", "aac", "aiff", "ogg", "opus", "wav", "webm", "flac", "m4a"] }),
  /** Marks laughter, music and the like. */
  tagAudioEvents: Field.optional(Field.Flag).pipe(Schema.fromKey("tag_audio_events")),
  receiveUrl: Field.receiveUrl
})
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

/**
 * The transcript, as data and as subtitles.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Transcript = fromMetadata(
  Schema.Struct({
    jsonUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("json_url")),
    srtUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("srt_url"))
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Transcript = typeof Transcript.Type

/**
 * `POST /v1/task/speech-to-text` (speech-to-text).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Transcribe = Route.makeTask({
  path: "/v1/task/speech-to-text",
  encoding: "multipart",
  input: Input,
  result: Transcript,
  unconfirmed: ["tag_audio_events"]
})

/**
 * Creates a task that writes down what is said in a file. Billed; sent again only when nothing can have been done (or the
 * service says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const transcribe = (input: Input): Effect.Effect<Task.Task<Transcript>, CallError, CheapAi> =>
  Task.submit(Transcribe, input)
