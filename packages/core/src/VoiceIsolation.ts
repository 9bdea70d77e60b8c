/**
 * The voice of a recording without its background (`/v1`).
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CheapAi } from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { firstOf, fromMetadata } from "./internal/result.js"
import { Url } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"
import * as Upload from "./Upload.js"

/**
 * What to clean. The kinds of file are not documented.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({ file: Upload.UploadFromSelf, receiveUrl: Field.receiveUrl })
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

const Output = Schema.Struct({ audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("output_uri")) })

/**
 * The voice alone. The service puts it into the task's metadata, or beside them.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Isolated = firstOf(fromMetadata(Output), Output)
/**
 * @since 0.1.0
 * @category models
 */
export type Isolated = typeof Isolated.Type

/**
 * `POST /v1/task/voice-isolate` (voice-isolation).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Isolate = Route.makeTask({
  path: "/v1/task/voice-isolate",
  encoding: "multipart",
  input: Input,
  result: Isolated
})

/**
 * Creates a task that takes the background away from a file. Billed; sent again only when nothing can have been done (or
 * the service says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const isolate = (input: Input): Effect.Effect<Task.Task<Isolated>, CallError, CheapAi> =>
  Task.submit(Isolate, input)
