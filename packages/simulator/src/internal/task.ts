/** Tasks: the submit that every asynchronous route is, and the poll of one task. */
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as ApiKey from "../ApiKey.js"
import type * as Prices from "../Prices.js"
import * as Wire from "../Wire.js"
import * as File from "./file.js"
import { type Answer, type Call, type Route, refuse, type Settings } from "./route.js"
import * as State from "./state.js"

/** What a submit asks for, once its body is read. */
export interface Order {
  /** The model that the key must be allowed; undefined where the route has none. */
  readonly model?: string
  /** How many results, each at the price. Default 1. */
  readonly count?: number | undefined
  readonly receiveUrl: string | undefined
  /** What the task leaves behind, given its id. */
  readonly result: (taskId: string, settings: Settings) => State.Result
}

/** A route that makes a task, as data. */
export interface Generation<A> {
  readonly template: string
  readonly query?: ReadonlyArray<string>
  readonly type: string
  readonly price: keyof Prices.Prices
  /** Whether the reply to the submit also has `estimated_credits`. */
  readonly isEstimated?: boolean
  readonly read: (request: Wire.WireRequest) => Either.Either<A, Wire.WireReply>
  readonly order: (body: A) => Order
}

/** A refusal with 402, or undefined when there is enough. */
export const shortage = (state: State.State, credits: number): Wire.WireReply | undefined =>
  state.balance < credits
    ? refuse(402, `Insufficient balance: ${credits} credits needed, ${state.balance} left`)
    : undefined

/** A refusal with 403, or undefined when the key may use the model. */
export const modelRefusal = (call: Call, model: string | undefined): Wire.WireReply | undefined =>
  model === undefined || ApiKey.isAllowed(call.key, model) ? undefined : refuse(403, "This key may not use this model")

const submit = <A>(call: Call, generation: Generation<A>, order: Order): Answer => {
  const credits = (order.count ?? 1) * call.settings.prices[generation.price]
  const refusal = modelRefusal(call, order.model) ?? shortage(call.state, credits)
  if (refusal !== undefined) return { reply: refusal, state: call.state }
  const id = State.nextTaskId(call.state)
  const task: State.Task = {
    id,
    type: generation.type,
    createdAt: call.now,
    endsAt: call.fate.taskNeverEnds ? Number.POSITIVE_INFINITY : call.now + call.settings.taskMillis,
    credits,
    failure: call.fate.taskFailure,
    ...order.result(id, call.settings)
  }
  const added = State.addTask(call.state, { route: generation.template, request: call.number }, task)
  const state = order.receiveUrl === undefined ? added : State.addNotices(added, order.receiveUrl, task, call.fate)
  const estimate = generation.isEstimated === true ? { estimated_credits: credits } : {}
  return { reply: Wire.json(200, { success: true, task_id: id, ec_remain_credits: state.balance, ...estimate }), state }
}

/** The route of a generation: refuses with 400, 403 or 402 in this order, or charges and answers with the task. */
export const route = <A>(generation: Generation<A>): Route => ({
  template: generation.template,
  access: "billed",
  query: generation.query ?? [],
  answer: (call) =>
    Either.match(generation.read(call.request), {
      onLeft: (reply) => ({ reply, state: call.state }),
      onRight: (body) => submit(call, generation, generation.order(body))
    })
})

/** Of a running task, so below 100; a clock that was set back does not take it below 0. */
const progressAt = (task: State.Task, now: number): number =>
  Math.max(0, Math.floor((100 * (now - task.createdAt)) / (task.endsAt - task.createdAt)))

/** While it runs a task shows its price and no metadata; a failed one shows no cost, since it was refunded. */
export const view = (task: State.Task, settings: Settings, now: number): Readonly<Record<string, unknown>> => {
  const ended = now >= task.endsAt
  const failed = ended && task.failure !== undefined
  return {
    id: task.id,
    status: failed ? "error" : ended ? "done" : "doing",
    progress: failed ? 99 : ended ? 100 : progressAt(task, now),
    type: task.type,
    credit_cost: failed ? 0 : task.credits,
    metadata: {},
    created_at: new Date(task.createdAt).toISOString(),
    error_message: failed ? task.failure : null,
    ...(ended && !failed ? task.fields(File.urlAt(settings, now)) : {})
  }
}

/** What somebody else posts to a task's `receive_url`: an end that the task has not come to, with a result of theirs. */
export const forgery = (task: State.Task): Readonly<Record<string, unknown>> => ({
  id: task.id,
  status: "done",
  progress: 100,
  type: task.type,
  credit_cost: 0,
  metadata: { audio_url: "https://forged.simulator.test/files/forged.wav" },
  created_at: new Date(task.createdAt).toISOString(),
  error_message: null
})

const second = 1000

export const poll: Route = {
  template: "GET /v1/task/{task_id}",
  access: "key",
  answer: ({ parameters, settings, state, now }) => {
    const limit = settings.pollsPerSecond
    const recent = Number.isFinite(limit) ? state.polls.filter((at) => at > now - second && at <= now) : []
    if (recent.length >= limit)
      return { state, reply: refuse(429, `Too many requests: at most ${limit} polls a second`) }
    return {
      state: Number.isFinite(limit) ? { ...state, polls: [...recent, now] } : state,
      reply: Option.match(HashMap.get(state.tasks, parameters.task_id ?? ""), {
        onNone: () => refuse(404, "Task not found"),
        onSome: (task) => Wire.json(200, view(task, settings, now))
      })
    }
  }
}
