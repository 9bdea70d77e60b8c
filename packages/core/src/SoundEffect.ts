/**
 * Sounds from a description (`/v1`).
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CheapAi } from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { firstOf, fromMetadata } from "./internal/result.js"
import { optionalNumber, optionalSeconds, Url } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"

/**
 * What is to be heard, in at most 450 characters.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({
  text: Field.shortText(450),
  /** 0.5–30; chosen by the service when it is left out. */
  durationSeconds: Field.optional(Field.between(0.5, 30)).pipe(Schema.fromKey("duration_seconds")),
  /** 0–1: how closely to follow the text. */
  promptInfluence: Field.optional(Field.between(0, 1)).pipe(Schema.fromKey("prompt_influence")),
  loop: Field.optional(Field.Flag),
  modelId: Field.optional(Field.Name).pipe(Schema.fromKey("model_id")),
  receiveUrl: Field.receiveUrl
})
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

const facts = {
  characterCost: optionalNumber.pipe(Schema.fromKey("character_cost")),
  duration: optionalSeconds.pipe(Schema.fromKey("duration_seconds"))
}

/**
 * The sound. `characterCost` is what it counted for in characters; the charge is the task's `creditCost`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Sound = firstOf(
  fromMetadata(Schema.Struct({ ...facts, audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("output_uri")) })),
  fromMetadata(Schema.Struct({ ...facts, audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("audio_url")) }))
)
/**
 * @since 0.1.0
 * @category models
 */
export type Sound = typeof Sound.Type

/**
 * `POST /v1/task/sound-effect` (sound-effects).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Generate = Route.makeTask({
  path: "/v1/task/sound-effect",
  input: Input,
  result: Sound,
  unconfirmed: ["text: limit"]
})

/**
 * Creates a task that makes a sound. Billed; sent again only when nothing can have been done (or the service says that it
 * failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generate = (input: Input): Effect.Effect<Task.Task<Sound>, CallError, CheapAi> =>
  Task.submit(Generate, input)
