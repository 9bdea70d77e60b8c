/** Sends, asks the policy, waits, sends again; keeps the record and obeys the deadline. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberRef from "effect/FiberRef"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as Intervals from "effect/ScheduleIntervals"
import type { Attempt, Outcome, Stopped } from "../Attempt.js"
import { type CallError, type DownloadError, type Replay, retryAfterOf } from "../CheapAiError.js"
import type { RetryBudget } from "../RetryBudget.js"
import { type AnyPolicy, endedFor } from "../RetryPolicy.js"
import type { Attempted, Position } from "./attempt.js"

export interface Loop<A, E> {
  readonly replay: Replay
  readonly policy: AnyPolicy
  /** For the whole call, waits included. */
  readonly total: Duration.Duration
  readonly budget: RetryBudget
  /** What stands in the way of a further request, such as a file that is a stream and was read. */
  readonly obstacle: (error: E) => Stopped | undefined
  /** Fails when no request was made: no time was left for it, or no credits. */
  readonly send: (position: Position, timeLeft: Duration.Duration) => Effect.Effect<Attempted<A, E>, E>
}

const severity: ReadonlyArray<Outcome> = ["not-sent", "rejected", "failed", "unknown"]

/** A call may have been carried out if any of its requests may have been. */
const worstOutcome = (outcomes: ReadonlyArray<Outcome>): Outcome =>
  outcomes.reduce(
    (worst, outcome) => (severity.indexOf(outcome) > severity.indexOf(worst) ? outcome : worst),
    "not-sent"
  )

const isResend = (policy: AnyPolicy) => "_tag" in policy && policy._tag === "ResendUnknown"

type Failure = CallError | DownloadError

const wasAsked = (error: Failure, wait: Duration.Duration): boolean =>
  Duration.between(retryAfterOf(error), { minimum: Duration.millis(1), maximum: wait })

export const retryLoop = <A, E extends Failure>(loop: Loop<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Clock.currentTimeNanos, (begun) => {
    const schedule = "schedule" in loop.policy ? loop.policy.schedule : loop.policy
    const record: Array<Attempt> = []
    const timeLeft = Effect.map(Clock.currentTimeNanos, (now) =>
      Duration.subtract(loop.total, Duration.nanos(now - begun))
    )

    const giveUp = (error: E, stopped: Stopped) => {
      const outcomes = record.flatMap((attempt) => attempt.outcome ?? [])
      const outcome = loop.replay === "once" ? worstOutcome(outcomes) : error.outcome
      return Effect.fail(Object.assign(error, { stopped, outcome }))
    }

    /** A retry that was not made gives its token back. */
    const refuse = (refused: E, last: E | undefined) => {
      const stopped = refused._tag === "CreditLimitError" ? "credit-limit" : "deadline"
      return last === undefined
        ? giveUp(refused, stopped)
        : Effect.zipRight(loop.budget.giveBack, giveUp(last, stopped))
    }

    const send = (position: Position, state: typeof schedule.initial, last?: E): Effect.Effect<A, E> =>
      Effect.matchEffect(
        Effect.flatMap(timeLeft, (left) => loop.send(position, left)),
        {
          onFailure: (refused) => refuse(refused, last),
          onSuccess: (attempted) => {
            record.push(attempted.record)
            return Either.isRight(attempted.result)
              ? Effect.succeed(attempted.result.right)
              : decide(Object.assign(attempted.result.left, { attempts: [...record] }), position, state)
          }
        }
      )

    const decide = (error: E, { number }: Position, state: typeof schedule.initial) =>
      Effect.gen(function* () {
        if (error._tag === "TimeoutError" && error.phase === "total") return yield* giveUp(error, "deadline")
        if (loop.replay === "once" && error.outcome === "unknown" && !isResend(loop.policy)) {
          return yield* giveUp(error, error.isTransient ? "once-unknown" : "not-transient")
        }
        const obstacle = loop.obstacle(error)
        if (obstacle === "not-transient") return yield* giveUp(error, obstacle)
        yield* FiberRef.set(endedFor, undefined)
        const now = yield* Clock.currentTimeMillis
        const [next, , decision] = yield* schedule.step(now, error, state)
        if (ScheduleDecision.isDone(decision)) {
          const otherwise = error.isTransient ? "tries-used" : "not-transient"
          return yield* giveUp(error, (yield* FiberRef.get(endedFor)) ?? otherwise)
        }
        if (obstacle !== undefined) return yield* giveUp(error, obstacle)
        // In whole milliseconds: timers cut off the rest, and Effect's TestClock fails on it.
        const wait = Duration.millis(Math.max(0, Math.ceil(Intervals.start(decision.intervals) - now)))
        if (Duration.greaterThanOrEqualTo(wait, yield* timeLeft)) return yield* giveUp(error, "deadline")
        if (!(yield* loop.budget.take)) return yield* giveUp(error, "budget-empty")
        yield* Effect.onInterrupt(Effect.sleep(wait), () => loop.budget.giveBack)
        const waitedFor = wasAsked(error, wait) ? "retry-after" : "backoff"
        const mayBeDone = record.some(({ outcome }) => outcome === "unknown" || outcome === "failed")
        return yield* send({ number: number + 1, waited: wait, waitedFor, mayBeDone }, next, error)
      })

    return send({ number: 1, waited: Duration.zero, waitedFor: undefined, mayBeDone: false }, schedule.initial)
  })
