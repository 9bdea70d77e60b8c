/** Who hears of attempts and of paid tasks: the caller's own functions, and the log when there is nobody else. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Attempt } from "../Attempt.js"
import { isTask, type Route, Submitted } from "../Route.js"
import type { Attempted } from "./attempt.js"
import type { StoredTask } from "./storedTask.js"

/** A fault in a caller's function must not cost the caller a paid task: it is logged. */
const guarded = (effect: Effect.Effect<unknown>, message: string, facts: Record<string, string>): Effect.Effect<void> =>
  effect.pipe(
    Effect.catchAllCause((cause) => Effect.annotateLogs(Effect.logError(message, cause), facts)),
    Effect.asVoid
  )

export const tap =
  (taps: ReadonlyArray<(attempt: Attempt) => Effect.Effect<unknown>>) =>
  <A>({ record }: Attempted<A>): Effect.Effect<void> =>
    Effect.forEach(taps, (f) => guarded(f(record), "A function given to tapAttempt failed", { route: record.route }), {
      discard: true
    })

type Ended<A> = Pick<Attempted<A>, "result">

const submittedOf = <I, A>(route: Route<I, A>, { result }: Ended<A>): Submitted | undefined =>
  isTask(route) && Either.isRight(result) && Schema.is(Submitted)(result.right) ? result.right : undefined

export const tell = (
  handlers: ReadonlyArray<(task: StoredTask) => Effect.Effect<unknown>>,
  task: StoredTask
): Effect.Effect<void> => {
  const facts = { taskId: task.id, route: task.route }
  return Effect.forEach(handlers, (f) => guarded(f(task), "A function given to onSubmitted failed", facts), {
    discard: true
  })
}

/** Tells of a new task before its caller goes on. */
export const announce =
  <I, A>(route: Route<I, A>, handlers: ReadonlyArray<(task: StoredTask) => Effect.Effect<unknown>>) =>
  (attempted: Ended<A>): Effect.Effect<void> =>
    Effect.flatMap(DateTime.now, (submittedAt) => {
      const submitted = submittedOf(route, attempted)
      if (submitted === undefined) return Effect.void
      return tell(handlers, {
        id: submitted.taskId,
        route: route.key,
        submittedAt,
        creditsLeft: submitted.creditsLeft
      })
    })

/** Says in the log what nobody is left to be told: a request ended after its caller had gone. */
export const orphaned =
  <I, A>(route: Route<I, A>, hasHandlers: boolean) =>
  (attempted: Ended<A>): Effect.Effect<void> => {
    const submitted = submittedOf(route, attempted)
    const warn = (message: string, facts: Record<string, string>) =>
      Effect.annotateLogs(Effect.logWarning(message), { route: route.key, ...facts })
    if (submitted !== undefined) {
      return hasHandlers
        ? Effect.void
        : warn("A paid task was created after its caller had gone; Task.fromId fetches it", {
            taskId: submitted.taskId
          })
    }
    if (Either.isRight(attempted.result)) return warn("A request was carried out after its caller had gone", {})
    return attempted.result.left.outcome === "unknown"
      ? warn("A request whose caller had gone may have been carried out and charged", {})
      : Effect.void
  }
