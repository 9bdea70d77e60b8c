import * as Schema from "effect/Schema"

/** A task as it is kept: here, beside the errors that carry one; public as `Task.Stored`. */
export const StoredTask = Schema.Struct({
  id: Schema.String,
  route: Schema.String,
  submittedAt: Schema.optional(Schema.DateTimeUtc),
  creditsLeft: Schema.optional(Schema.Number)
})
export type StoredTask = typeof StoredTask.Type
