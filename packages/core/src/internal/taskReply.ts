/** What `GET /v1/task/{task_id}` answers, and what its open list of statuses means. Pure. */
import * as Schema from "effect/Schema"
import { optionalNumber, optionalString } from "./wire.js"

const field = (description: string) => Schema.optional(Schema.Unknown.annotations({ description }))

/** Only `status` is required; the rest is kept as it came, because each kind of task has its own result in it. */
export const TaskReply = Schema.Struct(
  {
    status: Schema.String,
    id: field("the task's id"),
    progress: field("a number from 0 to 100, or null"),
    type: field("the kind of task"),
    credit_cost: field("the final charge, a number"),
    metadata: field("an object, by kind: the result"),
    created_at: field("a time in ISO 8601"),
    error_message: field("a string or null: why it ended in error")
  },
  Schema.Record({ key: Schema.String, value: Schema.Unknown })
)
export type TaskReply = typeof TaskReply.Type

const Facts = Schema.Struct({
  status: Schema.String,
  progress: optionalNumber,
  creditCost: optionalNumber.pipe(Schema.fromKey("credit_cost")),
  errorMessage: optionalString.pipe(Schema.fromKey("error_message"))
})

/** Total: every field but the status is read leniently. */
export const factsOf: (reply: TaskReply) => typeof Facts.Type = Schema.decodeUnknownSync(Facts)

const done: ReadonlySet<string> = new Set(["done", "completed", "success"])
const failed: ReadonlySet<string> = new Set(["error", "failed", "fail", "cancelled"])

/** A status that nobody documented is a running task. */
export const phaseOf = (status: string): "running" | "done" | "failed" =>
  done.has(status) ? "done" : failed.has(status) ? "failed" : "running"

/** Absent while the task runs: what it costs is not final then. */
export const finalCostOf = (reply: TaskReply): number | undefined => {
  const { creditCost, status } = factsOf(reply)
  return phaseOf(status) === "running" ? undefined : creditCost
}
