/** Where a finished task, as `GET /v1/task/{task_id}` answers it, holds its result. */
import * as Schema from "effect/Schema"
import type { WireSchema } from "../Route.js"

/** A result that is the task's `metadata`. */
export const fromMetadata = <A>(schema: WireSchema<A>): WireSchema<A> =>
  Schema.transform(Schema.Struct({ metadata: schema }), Schema.typeSchema(schema), {
    strict: true,
    decode: ({ metadata }) => metadata,
    encode: (metadata) => ({ metadata })
  })

/** A result that may stand in several places: the first that has it counts. */
export const firstOf = <A>(...places: ReadonlyArray<WireSchema<A>>): WireSchema<A> => Schema.Union(...places)
