/**
 * A recording spoken again by another voice (`/v1`).
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
 * What to change: an mp3, m4a or wav file. This route takes no `receiveUrl`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({
  file: Upload.of({ endings: ["mp3", "m4a", "wav"] }),
  voiceId: Schema.propertySignature(Field.VoiceId).pipe(Schema.fromKey("voice_id")),
  /** `eleven_multilingual_sts_v2`, or another that the service offers. */
  modelId: Field.optional(Field.Name).pipe(Schema.fromKey("model_id")),
  voiceSettings: Field.optional(Schema.Struct(Field.voiceSettings)).pipe(Schema.fromKey("voice_settings")),
  removeBackgroundNoise: Field.optional(Field.Flag).pipe(Schema.fromKey("remove_background_noise"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

/**
 * The changed recording.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Changed = fromMetadata(
  Schema.Struct({ audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("audio_url")) })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Changed = typeof Changed.Type

/**
 * `POST /v1/task/voice-changer` (voice-changer).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Change = Route.makeTask({
  path: "/v1/task/voice-changer",
  encoding: "multipart",
  input: Input,
  result: Changed
})

/**
 * Creates a task that gives a file another voice. Billed; sent again only when nothing can have been done (or the service
 * says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const change = (input: Input): Effect.Effect<Task.Task<Changed>, CallError, CheapAi> =>
  Task.submit(Change, input)
