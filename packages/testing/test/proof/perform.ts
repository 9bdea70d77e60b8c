/** One call of a story, as a program makes it, and what is noted of how it went. */
import type { Attempt, Outcome, Stopped } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, CheapAiError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Routes from "./routes.js"
import type { Call } from "./story.js"

/** How one billed call, with the engine's retries but not the program's own, ended. */
export interface Ended {
  /** Its call, and which try of the program's it was. */
  readonly mark: string
  readonly error: { readonly tag: string; readonly outcome: Outcome; readonly stopped: Stopped | undefined } | undefined
}

/** How long something took, and how long it may take, in milliseconds. */
export interface Timed {
  readonly what: string
  readonly millis: number
  readonly limit: number
}

/** One request of a billed call, and what became of it. */
export interface Tried extends Pick<Attempt, "evidence" | "result"> {
  readonly mark: string
}

export interface Notes {
  readonly submits: Array<Ended>
  readonly tries: Array<Tried>
  readonly times: Array<Timed>
  /** Every task id that came with a result or an error. */
  readonly seen: Set<string>
}

export const noted = (): Notes => ({ submits: [], tries: [], times: [], seen: new Set() })

const limits = {
  attempt: Duration.minutes(1),
  call: Duration.minutes(5),
  poll: Duration.seconds(10),
  task: Duration.minutes(3),
  /**
   * Three tries of 30 s, waits of 1 s and 2 s and a second for each refusal's body; then 5 s on the way, eight drops and
   * 30 s of silence.
   */
  download: Duration.seconds(3 * 30 + 1 + 2 + 3 + 5 + 8 + 30)
}

const note = (notes: Notes, what: string, took: Duration.Duration, limit: Duration.DurationInput) =>
  notes.times.push({ what, millis: Duration.toMillis(took), limit: Duration.toMillis(limit) })

const timed =
  (notes: Notes, what: string, limit: Duration.DurationInput) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.timed(Effect.either(effect)), ([took, result]) => {
      note(notes, what, took, limit)
      return result
    })

const eachInTime =
  (notes: Notes, id: string, limit: Duration.DurationInput) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    CheapAi.tapAttempt(({ number, route, took }: Attempt) =>
      Effect.sync(() => note(notes, `try ${number} of ${route} for ${id}`, took, limit))
    )(effect)

/** What the call asks of the engine, and that this is kept. */
const bounded = (notes: Notes, what: string, call: Call) => {
  const { attempt = limits.attempt, total = limits.call } = call.timeouts ?? {}
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    (call.single === true ? CheapAi.withRetryPolicy(RetryPolicy.none)(effect) : effect).pipe(
      CheapAi.withTimeouts({ attempt, total }),
      eachInTime(notes, what, attempt),
      timed(notes, what, total)
    )
}

const again = { while: (error: CheapAiError) => error.isRetryable, times: 2, schedule: Schedule.spaced("1 second") }

const endOf = (result: Either.Either<unknown, CallError>): Ended["error"] => {
  if (Either.isRight(result)) return undefined
  const { _tag, outcome, stopped } = result.left
  return { tag: _tag, outcome, stopped }
}

const billed = <A>(
  notes: Notes,
  call: Call,
  submit: (mark: string) => Effect.Effect<A, CallError, CheapAi.CheapAi>
): Effect.Effect<A, CallError, CheapAi.CheapAi> => {
  let tries = 0
  const once = Effect.suspend(() => {
    tries += 1
    const mark = `${call.id}.${tries}`
    const whole = CheapAi.tapAttempt(({ evidence, result }) =>
      Effect.sync(() => notes.tries.push({ mark, evidence, result }))
    )(bounded(notes, mark, call)(submit(mark)))
    return Effect.flatMap(Effect.either(whole), (result) => {
      notes.submits.push({ mark, error: endOf(result) })
      return result
    })
  })
  return call.retries === true ? Effect.retry(once, again) : once
}

const isTask = (route: Call["route"]): route is keyof typeof Routes.tasks => route in Routes.tasks

const followed = (notes: Notes, { id, until }: Call, submitted: Routes.Submitted) =>
  Effect.gen(function* () {
    notes.seen.add(submitted.id)
    if (until === "answered") return
    const file = yield* submitted
      .await(limits.task)
      .pipe(eachInTime(notes, id, limits.poll), timed(notes, `the task of ${id}`, limits.task))
    if (until === "done") return
    yield* timed(notes, `the file of ${id}`, limits.download)(Stream.runDrain(Download.stream(file)))
  })

const cloned = (notes: Notes, call: Call) =>
  Effect.flatMap(billed(notes, call, Routes.clone), (voice) =>
    call.until === "answered"
      ? Effect.void
      : bounded(notes, `the deletion for ${call.id}`, call)(Routes.deleteVoice(voice))
  )

const perform = (notes: Notes, call: Call): Effect.Effect<unknown, CheapAiError, CheapAi.CheapAi> => {
  const { route } = call
  if (isTask(route)) {
    return Effect.flatMap(billed(notes, call, Routes.tasks[route]), (submitted) => followed(notes, call, submitted))
  }
  if (route === "clone") return cloned(notes, call)
  return bounded(notes, `${route} of ${call.id}`, call)(Routes.reads[route])
}

const remember = (notes: Notes) => (error: CheapAiError) =>
  Effect.sync(() => {
    if (error.taskId !== undefined) notes.seen.add(error.taskId)
  })

/** An interrupted caller must be free at that very moment. */
export const impatient = (notes: Notes, call: Call) => {
  const whole = Effect.ignore(Effect.tapError(perform(notes, call), remember(notes)))
  if (call.patience === undefined) return whole
  return timed(notes, `${call.id}, interrupted`, call.patience)(Effect.timeoutOption(whole, call.patience))
}
