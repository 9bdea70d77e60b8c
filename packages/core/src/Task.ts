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
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as CheapAi from "./CheapAi.js"
import * as CheapAiConfig from "./CheapAiConfig.js"
import {
  type CallError,
  InvalidInputError,
  InvalidResponseError,
  isServerFault,
  retryAfterOf,
  type TaskError,
  TaskFailedError,
  TaskTimeoutError
} from "./CheapAiError.js"
import { amend } from "./internal/callOptions.js"
import { interruptibly } from "./internal/interruptibly.js"
import { issuesOf, sentenceOf } from "./internal/issues.js"
import { scrub, stringsOf } from "./internal/scrub.js"
import { StoredTask } from "./internal/storedTask.js"
import { factsOf, phaseOf, TaskReply } from "./internal/taskReply.js"
import { tidy } from "./internal/tidy.js"
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
export interface Running {
  readonly _tag: "Running"
  readonly taskId: string
  readonly status: string
  readonly progress: number | undefined
}

/**
 * The task's result, with its id and its final cost in credits (absent when the service left it out).
 *
 * @since 0.1.0
 * @category models
 */
export type Result<A> = A & { readonly taskId: string; readonly creditCost: number | undefined }

/**
 * @since 0.1.0
 * @category models
 */
export interface Done<A> {
  readonly _tag: "Done"
  readonly result: Result<A>
}

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
  Effect.zipWith(CheapAi.execute(route, input), DateTime.now, (submitted, submittedAt) => ({
    id: submitted.taskId,
    route,
    submittedAt,
    creditsLeft: submitted.creditsLeft,
    input: Redacted.make(stringsOf(input))
  }))

/**
 * A task by its id alone: sends nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromId = <I, A>(route: Route.TaskRoute<I, A>, id: string): Task<A> => ({ id, route })

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
  if (stored.route === route.key) return Effect.succeed({ ...stored, route })
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

const firstInterval = 2000
const longestInterval = 15_000
const shortestInterval = 1000
const graceOfUnknownId = Duration.seconds(10)

/** Where the polls of one task stand: what to wait before the next one, and what was told last. */
interface Polls {
  readonly interval: number
  readonly atLeast: number
  readonly told: Running | undefined
}

const ageOf = <A>(task: Task<A>): Effect.Effect<number | undefined> =>
  Effect.map(DateTime.now, (now) =>
    task.submittedAt === undefined ? undefined : DateTime.distance(task.submittedAt, now)
  )

/** A task just submitted is given time; one from elsewhere may be done already. */
const begin = <A>(task: Task<A>): Effect.Effect<Polls> =>
  Effect.map(ageOf(task), (age) => ({
    interval: age !== undefined && age < firstInterval ? firstInterval : 0,
    atLeast: 0,
    told: undefined
  }))

const waitBefore = ({ atLeast, interval }: Polls): Effect.Effect<void> =>
  interval === 0
    ? Effect.void
    : Effect.flatMap(Random.nextRange(0.8, 1.2), (factor) =>
        Effect.sleep(Math.ceil(Math.max(shortestInterval, interval * factor, atLeast)))
      )

const after = (polls: Polls, change: Partial<Polls>): Polls => ({
  interval: polls.interval === 0 ? firstInterval : Math.min(polls.interval * 1.5, longestInterval),
  atLeast: 0,
  told: polls.told,
  ...change
})

const quotable = <A>(task: Task<A>) => task.input ?? Redacted.make([])

const poll = <A>(task: Task<A>) =>
  CheapAi.execute(Get, { taskId: task.id }).pipe(
    amend((current) => ({ ...current, secrets: quotable(task) })),
    CheapAi.withRetryPolicy(RetryPolicy.none),
    CheapAi.withTimeouts({ attempt: CheapAiConfig.defaults.pollTimeout, total: CheapAiConfig.defaults.pollTimeout })
  )

const isPollTrouble = (error: CallError, age: number | undefined): boolean => {
  switch (error._tag) {
    case "RateLimitedError":
    case "UnsuccessfulResponseError":
    case "InvalidResponseError":
    case "TimeoutError":
      return true
    case "NotFoundError":
      return age !== undefined && Duration.lessThanOrEqualTo(Duration.millis(age), graceOfUnknownId)
    default:
      return error.isTransient || isServerFault(error)
  }
}

const about = <A>(task: Task<A>) => ({ route: Get.key, replay: Get.replay, taskId: task.id })

const read = <A>(task: Task<A>, reply: TaskReply): Either.Either<Running | Done<A>, CallError | TaskError> => {
  const { creditCost, errorMessage, progress, status } = factsOf(reply)
  const quoted = Redacted.value(quotable(task))
  switch (phaseOf(status)) {
    case "running":
      return Either.right({ _tag: "Running", taskId: task.id, status: tidy(scrub(status, quoted)), progress })
    case "failed": {
      const message = tidy(scrub(errorMessage ?? "The task failed without a message.", quoted))
      return Either.left(new TaskFailedError({ ...about(task), message, task: toStored(task), creditCost }))
    }
    case "done":
      return Schema.decodeUnknownEither(task.route.result, { errors: "all" })(reply).pipe(
        Either.mapLeft((error) => {
          const issues = issuesOf(error)
          const message = tidy(`The task is done, but its result is not as documented. ${sentenceOf(issues)}`)
          return new InvalidResponseError({ ...about(task), message, issues })
        }),
        Either.map((result) => ({ _tag: "Done", result: { ...result, taskId: task.id, creditCost } }))
      )
  }
}

/** Progress that a later reply takes back, or leaves out, is not shown. */
const monotone = (told: Running | undefined, now: Running): Running => ({
  ...now,
  progress: told?.progress === undefined ? now.progress : Math.max(told.progress, now.progress ?? 0)
})

const isNews = (told: Running | undefined, now: Running): boolean =>
  now.status !== told?.status || now.progress !== told.progress

type Change<A> = readonly [Running | Done<A>, Polls]

/** Polls until there is something new to tell. */
const nextChange = <A>(task: Task<A>, polls: Polls): Effect.Effect<Change<A>, CallError | TaskError, CheapAi.CheapAi> =>
  Effect.zipRight(waitBefore(polls), Effect.either(poll(task))).pipe(
    Effect.flatMap((polled): Effect.Effect<Change<A>, CallError | TaskError, CheapAi.CheapAi> => {
      if (Either.isLeft(polled)) {
        const error = polled.left
        return Effect.flatMap(ageOf(task), (age) =>
          isPollTrouble(error, age)
            ? nextChange(task, after(polls, { atLeast: Duration.toMillis(retryAfterOf(error)) }))
            : Effect.fail(Object.assign(error, { taskId: task.id }))
        )
      }
      return Effect.flatMap(read(task, polled.right), (change) => {
        if (change._tag === "Done") return Effect.succeed([change, polls] as const)
        const running = monotone(polls.told, change)
        const next = after(polls, { told: running })
        return isNews(polls.told, running) ? Effect.succeed([running, next] as const) : nextChange(task, next)
      })
    })
  )

/** The same within the task's time. */
const nextChangeBy = <A>(task: Task<A>, polls: Polls, deadline: Deadline) =>
  Effect.flatMap(Clock.currentTimeNanos, (now) =>
    Effect.timeoutFail(nextChange(task, polls), {
      duration: Duration.subtract(deadline.total, Duration.nanos(now - deadline.begun)),
      onTimeout: () =>
        new TaskTimeoutError({
          ...about(task),
          message: "The task was not done in time; it goes on.",
          task: toStored(task),
          lastStatus: polls.told?.status,
          progress: polls.told?.progress,
          elapsed: deadline.total
        })
    })
  ).pipe(interruptibly)

interface Deadline {
  readonly begun: bigint
  readonly total: Duration.Duration
}

const deadlineOf = (options: AwaitOptions | undefined): Effect.Effect<Deadline> =>
  Effect.map(Clock.currentTimeNanos, (begun) => ({
    begun,
    total: Duration.decode(options?.timeout ?? CheapAiConfig.defaults.taskTimeout)
  }))

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
  Stream.unwrap(
    Effect.zipWith(begin(task), deadlineOf(options), (first, deadline) =>
      Stream.paginateEffect(first, (polls) =>
        Effect.map(nextChangeBy(task, polls, deadline), ([change, next]) => [
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
  const go = (polls: Polls, deadline: Deadline): Effect.Effect<Result<A>, CallError | TaskError, CheapAi.CheapAi> =>
    Effect.flatMap(nextChangeBy(task, polls, deadline), ([change, next]) =>
      change._tag === "Done" ? Effect.succeed(change.result) : go(next, deadline)
    )
  return Effect.flatMap(Effect.zip(begin(task), deadlineOf(options)), ([polls, deadline]) => go(polls, deadline))
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
