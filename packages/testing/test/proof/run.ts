/** One story under one plan of faults, in virtual time, and all that can be seen of it from outside. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Webhook from "@effect-cheapai/core/Webhook"
import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import type * as Faults from "@effect-cheapai/simulator/Faults"
import type * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Script from "@effect-cheapai/testing/Script"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as Perform from "./perform.js"
import type { Refusal, Story } from "./story.js"

/** What is alive at a moment. */
interface Alive {
  readonly fibers: number
  readonly sleepers: number
  readonly listeners: number
}

export interface Observed extends Pick<Perform.Notes, "submits" | "tries" | "times"> {
  readonly story: Story
  /** Every task id that the program came to know: kept by `onSubmitted`, or by result, error or log. */
  readonly known: ReadonlySet<string>
  readonly ledger: Ledger.Ledger
  readonly arrivals: ReadonlyArray<Arrival.Arrival>
  /** What each of the arrivals brought. */
  readonly sent: ReadonlyArray<Script.Sent>
  /** What is there more than before the first call, while the client is open; what is there when it is closed. */
  readonly grown: Alive
  readonly left: Alive
}

const token = Redacted.make("a-token-for-notifications-of-this-story")

/** A receiver that counts who listens to it. */
const listening = (count: { listeners: number }) =>
  Layer.effect(
    Webhook.Webhook,
    Effect.map(Webhook.Webhook, (receiver) => ({
      ...receiver,
      listen: (taskId: string) =>
        Effect.acquireRelease(
          Effect.sync(() => count.listeners++),
          () => Effect.sync(() => count.listeners--)
        ).pipe(Effect.zipRight(receiver.listen(taskId)))
    }))
  ).pipe(Layer.provide(Webhook.layer({ publicUrl: "https://app.example.com/hooks", token })))

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

const refusing = ({ code, from, times }: Refusal) =>
  Effect.flatMap(Simulated.Simulator, ({ refuse }) => Effect.delay(refuse({ code, times }), from))

/** Up to 5 seconds: time to be interrupted when a request is carried out and its reply is on its way. */
const latency = Random.nextIntBetween(0, 5000)

/**
 * Long enough for the last webhook, and too short for a leaked timer of a whole call; where nobody was interrupted also for
 * one of an attempt. A request that outlives its caller has an attempt's time.
 */
const settle = ({ calls }: Story) =>
  Effect.sleep(calls.every(({ patience }) => patience === undefined) ? "45 seconds" : "80 seconds")

/** What the log says of tasks. */
const hearing = (known: Set<string>) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ annotations }) => {
      const id = HashMap.get(annotations, "taskId")
      if (id._tag === "Some") known.add(String(id.value))
    })
  )

const growth = (before: Alive, now: Alive): Alive => ({
  fibers: now.fibers - before.fibers,
  sleepers: now.sleepers - before.sleepers,
  listeners: now.listeners - before.listeners
})

const tell = (story: Story, alive: Effect.Effect<Alive>) =>
  Effect.gen(function* () {
    const account = yield* Simulated.Simulator
    const recorder = yield* Script.Recorder
    const notes = Perform.noted()
    const known = story.keeps ? new Set<string>() : notes.seen
    yield* Effect.forkScoped(delivering)
    yield* Effect.sleep(1)
    const before = yield* alive
    yield* Effect.forEach(story.refusals, (refusal) => Effect.forkScoped(refusing(refusal)))
    const calls = Effect.forEach(story.calls, (call) => Perform.impatient(notes, call), {
      concurrency: story.concurrency
    })
    yield* story.keeps
      ? CheapAi.onSubmitted(({ id }) => Effect.sync(() => known.add(id)))(calls)
      : Effect.provide(calls, hearing(known))
    yield* settle(story)
    const { submits, times, tries } = notes
    const grown = growth(before, yield* alive)
    const [ledger, arrivals, sent] = yield* Effect.all([account.ledger, account.requests, recorder.sent])
    return { submits, tries, times, known, ledger, arrivals, sent, grown }
  })

export const run = (
  story: Story,
  faults: Faults.Plan,
  retry: RetryPolicy.AnyPolicy,
  seed: number
): Effect.Effect<Observed, unknown> =>
  Effect.gen(function* () {
    const supervisor = yield* Supervisor.track
    const count = { listeners: 0 }
    const alive = Effect.zipWith(supervisor.value, VirtualTime.sleeping, ({ length: fibers }, sleepers) => ({
      fibers,
      sleepers,
      ...count
    }))
    const simulator = { faults, taskDuration: "5 seconds", credits: 1_000_000 } as const
    const told = yield* Effect.scoped(tell(story, alive)).pipe(
      Effect.provide(Layer.merge(Simulated.layer({ retry, latency, simulator }), listening(count))),
      Effect.supervised(supervisor)
    )
    return { story, ...told, left: yield* alive }
  }).pipe(
    Effect.provide(Logger.remove(Logger.defaultLogger)),
    Effect.withRandom(Random.make(seed)),
    VirtualTime.failOnDeadlock,
    Effect.provide(VirtualTime.layer())
  )
