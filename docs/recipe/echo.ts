/** A route that this library doesn't know, made up, and its function: what stands below the imports fits into core too. */
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Route from "@effect-cheapai/core/Route"
import * as Task from "@effect-cheapai/core/Task"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * What to say back, `times` over.
 *
 * @since 0.1.0
 * @category schemas
 */
export const EchoInput = Schema.Struct({
  text: Schema.NonEmptyString,
  times: Schema.optional(Schema.Int),
  receiveUrl: Schema.optional(Schema.String).pipe(Schema.fromKey("receive_url"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type EchoInput = typeof EchoInput.Type

/**
 * What came back: a part of the task, as `GET /v1/task/{task_id}` answers it.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Echoed = Schema.Struct({
  metadata: Schema.Struct({ saidBack: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("said_back")) })
})
/**
 * @since 0.1.0
 * @category models
 */
export type Echoed = typeof Echoed.Type

/**
 * `POST /v1/task/echo`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Echo = Route.makeTask({ path: "/v1/task/echo", input: EchoInput, result: Echoed })

/**
 * Creates a task that says a text back. Billed; sent again only when nothing can have been done (or the service says that
 * it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const echo = (input: EchoInput): Effect.Effect<Task.Task<Echoed>, CallError, CheapAi> => Task.submit(Echo, input)
