/** Tasks: the submit that every asynchronous route ends in, and the poll of one task. */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Wire from "../Wire.js"
import { type Answer, type Call, type Route, refuse } from "./route.js"
import * as State from "./state.js"

export interface Work {
  readonly route: string
  readonly type: string
  readonly credits: number
  /** What the task leaves behind, given its id. */
  readonly result: (taskId: string) => { readonly metadata: unknown; readonly files: ReadonlyArray<State.File> }
}

/** Charges for the work and answers with its task, or refuses with 402. */
export const submit = (call: Call, work: Work): Answer => {
  if (call.state.balance < work.credits) {
    const reply = refuse(402, `Insufficient balance: ${work.credits} credits needed, ${call.state.balance} left`)
    return { reply, state: call.state }
  }
  const id = State.nextTaskId(call.state)
  const state = State.addTask(call.state, work.route, {
    id,
    type: work.type,
    createdAt: call.now,
    endsAt: call.now + call.settings.taskMillis,
    credits: work.credits,
    failure: call.taskFailure,
    ...work.result(id)
  })
  return { reply: Wire.json(200, { success: true, task_id: id, ec_remain_credits: state.balance }), state }
}

/** Of a running task, so below 100; a clock that was set back does not take it below 0. */
const progressAt = (task: State.Task, now: number): number =>
  Math.max(0, Math.floor((100 * (now - task.createdAt)) / (task.endsAt - task.createdAt)))

/** While it runs a task shows its price and no metadata; a failed one shows no cost, since it was refunded. */
const view = (task: State.Task, now: number): unknown => {
  const ended = now >= task.endsAt
  const failed = ended && task.failure !== undefined
  return {
    id: task.id,
    status: failed ? "error" : ended ? "done" : "doing",
    progress: failed ? 99 : ended ? 100 : progressAt(task, now),
    type: task.type,
    credit_cost: failed ? 0 : task.credits,
    metadata: ended && !failed ? task.metadata : {},
    created_at: new Date(task.createdAt).toISOString(),
    error_message: failed ? task.failure : null
  }
}

export const poll: Route = {
  template: "GET /v1/task/{task_id}",
  access: "key",
  answer: ({ parameters, state, now }) => ({
    state,
    reply: Option.match(HashMap.get(state.tasks, parameters.task_id ?? ""), {
      onNone: () => refuse(404, "Task not found"),
      onSome: (task) => Wire.json(200, view(task, now))
    })
  })
}
