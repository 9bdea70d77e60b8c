/** One call of a story, as a program makes it, and what is noted of how it went. */
import type { Outcome } from "@effect-cheapai/core/Attempt"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, CheapAiError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
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
  readonly error: { readonly tag: string; readonly outcome: Outcome } | undefined
}

/** How long something took, and how long it may take, in milliseconds. */
export interface Timed {
  readonly what: string
  readonly millis: number
  readonly limit: number
}

export interface Notes {
  readonly submits: Array<Ended>
  readonly times: Array<Timed>
  /** Every task id that the program came to see. */
  readonly seen: Set<string>
}

const limits = {
  call: Duration.minutes(5),
  task: Duration.minutes(3),
  /** Three tries of 30 s, waits of 1 s and 2 s and a second for each refusal's body; then eight drops and 30 s of silence. */
  download: Duration.seconds(3 * 30 + 1 + 2 + 3 + 8 + 30)
}

const timed =
  (notes: Notes, what: string, limit: Duration.Duration) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Effect.timed(Effect.either(effect)), ([took, result]) => {
      notes.times.push({ what, millis: Duration.toMillis(took), limit: Duration.toMillis(limit) })
      return result
    })

const again = { while: (error: CheapAiError) => error.isRetryable, times: 2, schedule: Schedule.spaced("1 second") }

const billed = <A>(
  notes: Notes,
  call: Call,
  submit: (mark: string) => Effect.Effect<A, CallError, CheapAi.CheapAi>
): Effect.Effect<A, CallError, CheapAi.CheapAi> => {
  let tries = 0
  const noted = Effect.suspend(() => {
    tries += 1
    const mark = `${call.id}.${tries}`
    return Effect.flatMap(Effect.either(timed(notes, mark, limits.call)(submit(mark))), (result) => {
      const error = Either.isLeft(result) ? { tag: result.left._tag, outcome: result.left.outcome } : undefined
      notes.submits.push({ mark, error })
      return result
    })
  })
  return call.retries === true ? Effect.retry(noted, again) : noted
}

const isTask = (route: Call["route"]): route is keyof typeof Routes.tasks => route in Routes.tasks

const followed = (notes: Notes, { id, until }: Call, submitted: Routes.Submitted) =>
  Effect.gen(function* () {
    if (until === "answered") return
    const file = yield* timed(notes, `the task of ${id}`, limits.task)(submitted.await(limits.task))
    if (until === "done") return
    yield* timed(notes, `the file of ${id}`, limits.download)(Stream.runDrain(Download.stream(file)))
  })

const cloned = (notes: Notes, call: Call) =>
  Effect.flatMap(billed(notes, call, Routes.clone), (voice) =>
    call.until === "answered"
      ? Effect.void
      : timed(notes, `the deletion for ${call.id}`, limits.call)(Routes.deleteVoice(voice))
  )

const perform = (notes: Notes, call: Call): Effect.Effect<unknown, CheapAiError, CheapAi.CheapAi> => {
  const { route } = call
  if (isTask(route)) {
    return Effect.flatMap(billed(notes, call, Routes.tasks[route]), (submitted) => followed(notes, call, submitted))
  }
  if (route === "clone") return cloned(notes, call)
  return timed(notes, `${route} of ${call.id}`, limits.call)(Routes.reads[route])
}

const remember = (notes: Notes) => (error: CheapAiError) =>
  Effect.sync(() => {
    if (error.taskId !== undefined) notes.seen.add(error.taskId)
  })

/** An interrupted caller must be free at that very moment. */
export const impatient = (notes: Notes, call: Call) => {
  const whole = Effect.ignore(Effect.tapError(perform(notes, call), remember(notes)))
  if (call.patience === undefined) return whole
  const patience = Duration.millis(call.patience)
  return timed(notes, `${call.id}, interrupted`, patience)(Effect.timeoutOption(whole, patience))
}
