/** An upload under way: who wants to see it, and when it stands still. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { Report } from "../Multipart.js"
import type { Progress } from "../Upload.js"

export type Watcher = (progress: Progress) => Effect.Effect<unknown>

export interface Uploading {
  readonly report: Report
  readonly isWatched: boolean
  /** Shows the progress while the request is under way; what came last is always shown. */
  readonly show: <A, E>(request: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Ends after `idle` without a byte sent, or `reply` after the last one. Never for a client that reports nothing. */
  readonly overdue: (limits: {
    readonly idle: Duration.Duration
    readonly reply: Duration.Duration
  }) => Effect.Effect<void>
}

const guarded = (watcher: Watcher) => (progress: Progress) =>
  Effect.catchAllCause(watcher(progress), (cause) => Effect.logError("A function given to onUpload failed", cause))

export const make = (
  watchers: ReadonlyArray<Watcher>,
  facts: { readonly total: number | undefined; readonly attempt: number }
): Effect.Effect<Uploading> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const news = yield* Queue.sliding<Progress>(1)
    const allSent = yield* Effect.makeLatch()
    let moved: { readonly at: number; readonly sent: number; readonly all: boolean } | undefined
    const tell = (progress: Progress) => Effect.forEach(watchers.map(guarded), (f) => f(progress), { discard: true })

    /** Ends when no byte has moved for so long; never once all have been sent. */
    const stalled = (idle: Duration.Duration): Effect.Effect<void> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (moved?.all === true) return Effect.never
        const left = (moved?.at ?? now) + Duration.toMillis(idle) - now
        return left <= 0 ? Effect.void : Effect.zipRight(Effect.sleep(Math.ceil(left)), stalled(idle))
      })

    return {
      report: (sent, all) => {
        if (watchers.length > 0 && sent !== moved?.sent) Queue.unsafeOffer(news, { sent, ...facts })
        moved = { at: clock.unsafeCurrentTimeMillis(), sent, all }
        if (all) allSent.unsafeOpen()
      },
      isWatched: watchers.length > 0,
      show: (request) =>
        watchers.length === 0
          ? request
          : Effect.acquireUseRelease(
              Effect.fork(Effect.interruptible(Effect.forever(Effect.flatMap(Queue.take(news), tell)))),
              () =>
                Effect.onExit(request, () =>
                  Effect.flatMap(Queue.poll(news), Option.match({ onNone: () => Effect.void, onSome: tell }))
                ),
              Fiber.interrupt
            ),
      overdue: ({ idle, reply }) => Effect.raceFirst(stalled(idle), Effect.zipRight(allSent.await, Effect.sleep(reply)))
    }
  })
