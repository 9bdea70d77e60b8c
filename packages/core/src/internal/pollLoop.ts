/** Polls one task until there is something to tell. A poll's trouble is not the task's: the next poll is its retry. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Attempt } from "../Attempt.js"
import { type CallError, isServerFault, retryAfterOf, type TaskError, TaskTimeoutError } from "../CheapAiError.js"
import * as Monotonic from "./monotonic.js"
import type { PollPace } from "./pollPace.js"
import * as Polls from "./polls.js"
import type { TaskReply } from "./taskReply.js"
import { about, type Done, isNews, monotone, type Running, read, type Subject } from "./taskState.js"

/** Everything that the polls of one task share. */
export interface Watched<A> {
  readonly subject: Subject<A>
  /** One request, which ends within the time left. */
  readonly poll: (left: Duration.Duration) => Effect.Effect<TaskReply, CallError>
  readonly pace: PollPace | undefined
  /** Opened by a webhook's notification. */
  readonly latch: Effect.Latch | undefined
  readonly begun: bigint
  readonly total: Duration.Duration
}

/** Where the polls stand, and what was told last. */
export interface Told {
  readonly polls: Polls.Polls
  readonly running: Running | undefined
  /** Of the last poll, if it failed. */
  readonly attempts: ReadonlyArray<Attempt>
}

const graceOfUnknownId = Duration.seconds(10)

const ageOf = <A>({ subject }: Watched<A>): Effect.Effect<Duration.Duration | undefined> =>
  Effect.map(DateTime.now, (now) =>
    subject.task.submittedAt === undefined ? undefined : DateTime.distanceDuration(subject.task.submittedAt, now)
  )

const elapsedOf = <A>({ begun }: Watched<A>) =>
  Effect.map(Clock.currentTimeNanos, (now) => Duration.millis(Math.round(Number(now - begun) / 1_000_000)))

const leftOf = <A>(watched: Watched<A>) =>
  Effect.map(elapsedOf(watched), (elapsed) => Duration.subtract(watched.total, elapsed))

export const begin = <A>(watched: Watched<A>): Effect.Effect<Told> =>
  Effect.map(ageOf(watched), (age) => ({ polls: Polls.begin(age), running: undefined, attempts: [] }))

/** What the service says when it is polled too hard. */
const isBusy = (error: CallError): boolean =>
  error._tag === "RateLimitedError" ||
  error._tag === "ServiceUnavailableError" ||
  (error._tag === "UnsuccessfulResponseError" && error.isTransient)

const isPollTrouble = (error: CallError, age: Duration.Duration | undefined): boolean => {
  switch (error._tag) {
    case "RateLimitedError":
    case "UnsuccessfulResponseError":
    case "InvalidResponseError":
    case "TimeoutError":
      return true
    case "NotFoundError":
      return age !== undefined && Duration.lessThanOrEqualTo(age, graceOfUnknownId)
    default:
      return error.isTransient || isServerFault(error)
  }
}

const timeout = <A>(
  watched: Watched<A>,
  { attempts, running }: Told,
  message = "The task was not done in time; it goes on."
) =>
  Effect.flatMap(elapsedOf(watched), (elapsed) =>
    Effect.fail(
      new TaskTimeoutError({
        ...about(watched.subject),
        message,
        task: watched.subject.task,
        lastStatus: running?.status,
        progress: running?.progress,
        elapsed,
        attempts,
        stopped: "deadline"
      })
    )
  )

/** One poll, in its turn among all polls of the client, and at once when a webhook has called. */
const pollInTurn = <A>(watched: Watched<A>, told: Told) =>
  Effect.gen(function* () {
    const { latch, pace } = watched
    yield* Polls.wait(told.polls, latch?.await, yield* leftOf(watched))
    if (latch !== undefined) yield* latch.close
    const isDue = pace === undefined || (yield* pace.turn(yield* leftOf(watched)))
    const left = yield* leftOf(watched)
    if (!isDue || Duration.equals(left, Duration.zero)) return yield* timeout(watched, told)
    const begunAt = yield* Monotonic.now
    const polled = yield* Effect.either(watched.poll(left))
    if (Either.isRight(polled)) yield* pace?.speedUp ?? Effect.void
    else if (isBusy(polled.left)) yield* pace?.slowDown(begunAt, retryAfterOf(polled.left)) ?? Effect.void
    return polled
  })

type Change<A> = readonly [Running | Done<A>, Told]

/** After a poll that failed. */
const goOn = <A>(watched: Watched<A>, told: Told, error: CallError): Effect.Effect<Change<A>, CallError | TaskError> =>
  Effect.gen(function* () {
    const { subject } = watched
    if (!isPollTrouble(error, yield* ageOf(watched))) {
      return yield* Effect.fail(Object.assign(error, { taskId: subject.task.id }))
    }
    const retryAfter = retryAfterOf(error)
    const next = { ...told, attempts: error.attempts, polls: yield* Polls.next(told.polls, retryAfter) }
    if (Duration.greaterThan(retryAfter, yield* leftOf(watched))) {
      return yield* timeout(watched, next, "Polls must wait longer than the time left; the task goes on.")
    }
    return yield* nextChange(watched, next)
  })

/** Polls until there is something new to tell, within the task's time. */
export const nextChange = <A>(watched: Watched<A>, told: Told): Effect.Effect<Change<A>, CallError | TaskError> =>
  Effect.gen(function* () {
    const polled = yield* pollInTurn(watched, told)
    if (Either.isLeft(polled)) return yield* goOn(watched, told, polled.left)
    const change = yield* read(watched.subject, polled.right)
    if (change._tag === "Done") return [change, told] as const
    const running = monotone(told.running, change)
    const next = { polls: yield* Polls.next(told.polls, Duration.zero), running, attempts: [] }
    return isNews(told.running, running) ? ([running, next] as const) : yield* nextChange(watched, next)
  })
