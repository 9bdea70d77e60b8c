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
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as Perform from "./perform.js"
import type { Story } from "./story.js"

export interface Observed {
  readonly story: Story
  readonly submits: ReadonlyArray<Perform.Ended>
  readonly times: ReadonlyArray<Perform.Timed>
  readonly seen: ReadonlySet<string>
  readonly ledger: Ledger.Ledger
  readonly arrivals: ReadonlyArray<Arrival.Arrival>
  /** What each of the arrivals brought. */
  readonly sent: ReadonlyArray<Script.Sent>
  /** What is still there when the client is closed. */
  readonly left: { readonly fibers: number; readonly sleepers: number; readonly listeners: number }
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

/** Long enough for every request that outlives its caller. */
const settle = Effect.sleep("10 minutes")

const tell = (story: Story) =>
  Effect.gen(function* () {
    const account = yield* Simulated.Simulator
    const recorder = yield* Script.Recorder
    const notes: Perform.Notes = { submits: [], times: [], seen: new Set() }
    yield* Effect.forkScoped(delivering)
    yield* account.refuse({ times: story.refusals })
    yield* Effect.forEach(story.calls, (call) => Perform.impatient(notes, call), {
      concurrency: story.concurrency
    }).pipe(CheapAi.onSubmitted(({ id }) => Effect.sync(() => notes.seen.add(id))))
    yield* settle
    return { ...notes, ledger: yield* account.ledger, arrivals: yield* account.requests, sent: yield* recorder.sent }
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
    const client = Simulated.layer({ retry, simulator: { faults, taskDuration: "5 seconds", credits: 1_000_000 } })
    const told = yield* Effect.scoped(tell(story)).pipe(
      Effect.provide(Layer.merge(client, listening(count))),
      Effect.supervised(supervisor)
    )
    const fibers = (yield* supervisor.value).length
    return { story, ...told, left: { fibers, sleepers: yield* VirtualTime.sleeping, listeners: count.listeners } }
  }).pipe(
    Logger.withMinimumLogLevel(LogLevel.None),
    Effect.withRandom(Random.make(seed)),
    VirtualTime.failOnDeadlock,
    Effect.provide(VirtualTime.layer())
  )
