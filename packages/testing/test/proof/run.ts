/** One story under one plan of faults, in virtual time, and all that can be seen of it from outside. */
import * as Account from "@effect-cheapai/core/Account"
import type { Outcome } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CheapAiError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import type * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as Webhook from "@effect-cheapai/core/Webhook"
import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import type * as Faults from "@effect-cheapai/simulator/Faults"
import type * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import type { Call, Story } from "./story.js"

/** How one submit, with the engine's retries but not the program's own, ended. */
export interface Ended {
  /** The voice that it asked for: its call's, and which try of the program's it was. */
  readonly voice: string
  readonly error: { readonly tag: string; readonly outcome: Outcome } | undefined
  readonly millis: number
}

export interface Observed {
  readonly story: Story
  readonly submits: ReadonlyArray<Ended>
  /** How long each wait for a task took, in milliseconds. */
  readonly waits: ReadonlyArray<number>
  /** Every task id that the program came to see. */
  readonly seen: ReadonlySet<string>
  readonly ledger: Ledger.Ledger
  readonly arrivals: ReadonlyArray<Arrival.Arrival>
  /** What is still running when the client is closed. */
  readonly left: number
}

const token = Redacted.make("a-token-for-notifications-of-this-story")
const webhook = Webhook.layer({ publicUrl: "https://app.example.com/hooks", token })

/** Notifications find their way to whoever waits, forged ones too. */
const delivering = Effect.gen(function* () {
  const { deliveries } = yield* Simulated.Simulator
  const receiver = yield* Webhook.Webhook
  yield* Stream.runForEach(deliveries, ({ body }) =>
    Either.match(Webhook.decode(body), {
      onLeft: () => Effect.void,
      onRight: ({ taskId }) => receiver.notify(taskId)
    })
  )
})

interface Notes {
  readonly submits: Array<Ended>
  readonly waits: Array<number>
  readonly seen: Set<string>
}

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([took, result]) => [Duration.toMillis(took), result] as const)

const noting = (notes: Notes, call: Call) => {
  let tries = 0
  const noted = Effect.gen(function* () {
    tries += 1
    const voice = `${call.id}.${tries}`
    const [millis, result] = yield* timed(Effect.either(TextToSpeech.voice({ text: "Hello there", voiceId: voice })))
    const error = Either.isLeft(result) ? { tag: result.left._tag, outcome: result.left.outcome } : undefined
    notes.submits.push({ voice, error, millis })
    return yield* result
  })
  const again = { while: (error: CheapAiError) => error.isRetryable, times: 2, schedule: Schedule.spaced("1 second") }
  return call.retries ? Effect.retry(noted, again) : noted
}

export const patience = Duration.minutes(3)

const waiting = <A>(notes: Notes, task: Task.Task<A>) =>
  Effect.flatMap(timed(Effect.either(Task.await(task, { timeout: patience }))), ([millis, result]) => {
    notes.waits.push(millis)
    return result
  })

const perform = (notes: Notes, call: Call): Effect.Effect<unknown, CheapAiError, CheapAi.CheapAi> => {
  if (call.kind === "read") return Account.credits
  const submit = noting(notes, call)
  if (call.kind === "submit") return submit
  const done = Effect.flatMap(submit, (task) => waiting(notes, task))
  if (call.kind === "await") return done
  return Effect.flatMap(done, ({ audioUrl }) => Stream.runDrain(Download.stream(audioUrl)))
}

const remember = (notes: Notes) => (error: CheapAiError) =>
  Effect.sync(() => {
    if (error.taskId !== undefined) notes.seen.add(error.taskId)
  })

const impatient = (notes: Notes, call: Call) => {
  const whole = Effect.ignore(Effect.tapError(perform(notes, call), remember(notes)))
  return call.patience === undefined ? whole : Effect.timeoutOption(whole, call.patience)
}

/** Long enough for every request that outlives its caller. */
const settle = Effect.sleep("10 minutes")

const tell = (story: Story) =>
  Effect.gen(function* () {
    const account = yield* Simulated.Simulator
    const notes: Notes = { submits: [], waits: [], seen: new Set() }
    yield* Effect.forkScoped(delivering)
    yield* account.refuse({ times: story.refusals })
    yield* Effect.forEach(story.calls, (call) => impatient(notes, call), { concurrency: story.concurrency }).pipe(
      CheapAi.onSubmitted(({ id }) => Effect.sync(() => notes.seen.add(id)))
    )
    yield* settle
    return { ...notes, ledger: yield* account.ledger, arrivals: yield* account.requests }
  })

export const run = (
  story: Story,
  faults: Faults.Plan,
  retry: RetryPolicy.AnyPolicy,
  seed: number
): Effect.Effect<Observed, unknown> =>
  Effect.gen(function* () {
    const supervisor = yield* Supervisor.track
    const client = Simulated.layer({ retry, simulator: { faults, taskDuration: "5 seconds", credits: 1_000_000 } })
    const told = yield* Effect.scoped(tell(story)).pipe(
      Effect.provide(Layer.merge(client, webhook)),
      Effect.supervised(supervisor)
    )
    const left = (yield* supervisor.value).length
    return { story, ...told, left }
  }).pipe(
    Logger.withMinimumLogLevel(LogLevel.None),
    Effect.withRandom(Random.make(seed)),
    VirtualTime.failOnDeadlock,
    Effect.provide(VirtualTime.layer())
  )
