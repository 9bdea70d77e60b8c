/**
 * A paid task: where it stands, its result, and how to find it again in another process. Polls are reads and cost nothing;
 * a poll's own trouble is never taken for the task's.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as CheapAi from "./CheapAi.js"
import * as CheapAiConfig from "./CheapAiConfig.js"
import { type CallError, InvalidInputError, type TaskError } from "./CheapAiError.js"
import { amend, CallOptions } from "./internal/callOptions.js"
import * as PollLoop from "./internal/pollLoop.js"
import { stringsOf } from "./internal/scrub.js"
import { StoredTask } from "./internal/storedTask.js"
import { finalCostOf, TaskReply } from "./internal/taskReply.js"
import type * as state from "./internal/taskState.js"
import { Webhook } from "./internal/webhookReceiver.js"
import * as RetryPolicy from "./RetryPolicy.js"
import * as Route from "./Route.js"

/**
 * A task that was paid for; its result will be an `A`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Task<A> {
  readonly id: string
  /** The route that created it: the witness of `A`. */
  readonly route: { readonly key: string; readonly result: Route.WireSchema<A> }
  /** Absent for a task known by its id alone. */
  readonly submittedAt?: DateTime.Utc | undefined
  /** The account's balance after the submit, when the service said. */
  readonly creditsLeft?: number | undefined
  /** What the input said: cut out of messages that quote it. Never stored. */
  readonly input?: Redacted.Redacted<ReadonlyArray<string>> | undefined
}

/**
 * The task is not finished. `progress` is 0–100 when the service says.
 *
 * @since 0.1.0
 * @category models
 */
export type Running = state.Running

/**
 * The task's result, with its id and its final cost in credits (absent when the service left it out).
 *
 * @since 0.1.0
 * @category models
 */
export type Result<A> = state.Result<A>

/**
 * @since 0.1.0
 * @category models
 */
export type Done<A> = state.Done<A>

/**
 * A task as it is kept in a file or a database, to be awaited by another process.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Stored = StoredTask
/**
 * @since 0.1.0
 * @category models
 */
export type Stored = StoredTask

/**
 * `GET /v1/task/{task_id}`: the one poll route of every family.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Get = Route.make({
  method: "GET",
  path: "/v1/task/{task_id}",
  replay: "safe",
  input: Schema.Struct({ taskId: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("task_id")) }),
  output: TaskReply
})

/** Printed as what can be kept: a route's schemas are long. */
const proto = {
  ...Inspectable.BaseProto,
  toJSON(this: Task<unknown>) {
    return { _id: "Task", ...toStored(this) }
  }
}

const make = <A>(fields: Task<A>): Task<A> => Object.assign(Object.create(proto), fields)

/**
 * Sends the submit of a task route. Billed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const submit = <I, A>(
  route: Route.TaskRoute<I, A>,
  input: I
): Effect.Effect<Task<A>, CallError, CheapAi.CheapAi> =>
  Effect.zipWith(CheapAi.execute(route, input), DateTime.now, (submitted, submittedAt) =>
    make({
      id: submitted.taskId,
      route,
      submittedAt,
      creditsLeft: submitted.creditsLeft,
      input: Redacted.make(stringsOf(input))
    })
  )

/**
 * A task by its id alone: sends nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromId = <I, A>(route: Route.TaskRoute<I, A>, id: string): Task<A> => make({ id, route })

/**
 * The part of a task that can be kept.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toStored = <A>({ creditsLeft, id, route, submittedAt }: Task<A>): Stored => ({
  id,
  route: route.key,
  submittedAt,
  creditsLeft
})

/**
 * A kept task, to be awaited here: sends nothing. Fails when the task was created by another route.
 *
 * @since 0.1.0
 * @category constructors
 */
export const restore = <I, A>(
  route: Route.TaskRoute<I, A>,
  stored: Stored
): Effect.Effect<Task<A>, InvalidInputError> => {
  if (stored.route === route.key) return Effect.succeed(make({ ...stored, route }))
  const reason = `was created by ${stored.route}`
  return Effect.fail(
    new InvalidInputError({
      message: `The stored task ${reason}.`,
      route: route.key,
      issues: [{ path: "route", reason }],
      hint: `Restore it with the route whose key is ${stored.route}.`,
      taskId: stored.id
    })
  )
}

/**
 * How long to wait for a task. Default 15 minutes.
 *
 * @since 0.1.0
 * @category models
 */
export interface AwaitOptions {
  readonly timeout?: Duration.DurationInput | undefined
}

const quotable = <A>(task: Task<A>) => task.input ?? Redacted.make([])

/** What the task cost in the end takes the place of what was booked for it, whether or not its result can be read. */
const settle = (taskId: string, cost: number | undefined): Effect.Effect<void> =>
  Effect.map(CallOptions, ({ creditLimits }) => {
    if (cost !== undefined) for (const limit of creditLimits) limit.settle(taskId, cost)
  })

/** One poll, without retries of its own: the loop is its retry. */
const pollWith =
  <A>(service: CheapAi.Service, task: Task<A>) =>
  (left: Duration.Duration) => {
    const time = Duration.min(left, CheapAiConfig.defaults.pollTimeout)
    return service.execute(Get, { taskId: task.id }).pipe(
      amend((current) => ({ ...current, secrets: quotable(task), isPoll: true })),
      CheapAi.withRetryPolicy(RetryPolicy.none),
      CheapAi.withTimeouts({ attempt: time, total: time }),
      Effect.tap((reply) => settle(task.id, finalCostOf(reply)))
    )
  }

const watch = <A>(task: Task<A>, options: AwaitOptions | undefined) =>
  Effect.gen(function* () {
    yield* CheapAi.validate(Get, { taskId: task.id })
    const service = yield* CheapAi.CheapAi
    const found = yield* Effect.serviceOption(Webhook)
    const receiver = Option.getOrElse(found, () => service.receiver)
    const watched: PollLoop.Watched<A> = {
      subject: {
        task: toStored(task),
        pollRoute: Get.key,
        result: task.route.result,
        quotable: [...Redacted.value(quotable(task)), ...(receiver === undefined ? [] : [receiver.receiveUrl])]
      },
      poll: pollWith(service, task),
      pace: service.pollPace,
      latch: receiver === undefined ? undefined : yield* receiver.listen(task.id),
      begun: yield* Clock.currentTimeNanos,
      total: Duration.decode(options?.timeout ?? CheapAiConfig.defaults.taskTimeout)
    }
    return { watched, first: yield* PollLoop.begin(watched) }
  })

/**
 * What becomes of the task: each new status or progress, without repeats, and `Done` last. Stopping the stream stops the
 * polls; the task goes on.
 *
 * @since 0.1.0
 * @category combinators
 */
export const changes = <A>(
  task: Task<A>,
  options?: AwaitOptions
): Stream.Stream<Running | Done<A>, CallError | TaskError, CheapAi.CheapAi> =>
  Stream.unwrapScoped(
    Effect.map(watch(task, options), ({ first, watched }) =>
      Stream.paginateEffect(first, (told) =>
        Effect.map(PollLoop.nextChange(watched, told), ([change, next]) => [
          change,
          change._tag === "Done" ? Option.none() : Option.some(next)
        ])
      )
    )
  )

const await_ = <A>(
  task: Task<A>,
  options?: AwaitOptions
): Effect.Effect<Result<A>, CallError | TaskError, CheapAi.CheapAi> => {
  const go = (watched: PollLoop.Watched<A>, told: PollLoop.Told): Effect.Effect<Result<A>, CallError | TaskError> =>
    Effect.flatMap(PollLoop.nextChange(watched, told), ([change, next]) =>
      change._tag === "Done" ? Effect.succeed(change.result) : go(watched, next)
    )
  return Effect.scoped(Effect.flatMap(watch(task, options), ({ first, watched }) => go(watched, first)))
}

export {
  /**
   * The task's result. Interrupting it stops the polls; the task goes on, and can be awaited again at no cost.
   *
   * @since 0.1.0
   * @category combinators
   */
  await_ as await
}
