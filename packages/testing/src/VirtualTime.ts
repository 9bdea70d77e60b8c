/**
 * Time that stands still while anything can run and jumps to the next sleeper when nothing can: whole programs with
 * retries, polls and timeouts run in milliseconds, always in the same order. Nobody adjusts it, so programs with many
 * timelines run as they are; `TestClock` remains for tests that want to stop between two moments.
 *
 * It moves Effect's clock, not `Date.now` or `setTimeout`. A fiber that waits for something outside (a socket, a file, a
 * timer) looks like one that waits for its own program: time would go on without it. Say so with `live`.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Timeline } from "./internal/timeline.js"

/**
 * What `layer` takes.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Options {
  /** The time at the beginning. Default: 0, the first moment of 1970. */
  readonly startAt?: DateTime.DateTime.Input | undefined
}

/**
 * Replaces Effect's clock and its scheduler. Sleepers are woken in the order of their time, then in that in which they
 * went to sleep, each when everything before it has run as far as it can; a sleep of `Infinity` never ends. Time ends with
 * the layer: who sleeps then is woken no more, who still runs has the real clock.
 *
 * Provide it last and by itself: what is merged with it is built by the clock from before, and Effect restores no clock that
 * was set inside a merge.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<never> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const startAt = DateTime.toEpochMillis(DateTime.unsafeMake(options.startAt ?? 0))
      const timeline = yield* Effect.acquireRelease(
        Effect.sync(() => new Timeline(startAt)),
        (ending) => Effect.sync(() => ending.close())
      )
      yield* Effect.withClockScoped(timeline)
      yield* Effect.locallyScoped(FiberRef.currentScheduler, timeline.scheduler)
    })
  )

/**
 * Runs the effect by the real clock while virtual time stands still: for real I/O inside a program in virtual time.
 * Changes nothing where time is not virtual.
 *
 * @since 0.1.0
 * @category combinators
 */
export const live = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) =>
    clock instanceof Timeline
      ? Effect.acquireUseRelease(
          Effect.sync(() => clock.hold()),
          () => Effect.withClock(effect, Clock.make()),
          (release) => Effect.sync(release)
        )
      : effect
  )

/**
 * How many sleep in virtual time now: none, once a program has left nothing behind. 0 where time is not virtual.
 *
 * @since 0.1.0
 * @category testing
 */
export const sleeping: Effect.Effect<number> = Effect.clockWith((clock) =>
  Effect.sync(() => (clock instanceof Timeline ? clock.sleeping : 0))
)

/**
 * No fiber can run and none sleeps: all wait for one another, or for something outside that never came.
 *
 * @since 0.1.0
 * @category errors
 */
export class DeadlockError extends Schema.TaggedError<DeadlockError>("@effect-cheapai/testing/DeadlockError")(
  "DeadlockError",
  {
    message: Schema.String,
    /** The time at which it happened, in milliseconds of the virtual clock. */
    at: Schema.Number
  }
) {}

const deadlock = (timeline: Timeline): Effect.Effect<never, DeadlockError> =>
  Effect.async((resume) => {
    const stop = timeline.whenDeadlocked(() => {
      const at = timeline.unsafeCurrentTimeMillis()
      const message = `At ${at} ms of virtual time no fiber could run, none slept, and nothing came from outside.`
      resume(Effect.fail(new DeadlockError({ message, at })))
    })
    return Effect.sync(stop)
  })

/**
 * Fails when the effect can't go on any more; by itself it would only never end. Seen after one real second in which
 * nothing came from outside and no `live` effect was under way. What still waits is interrupted and not waited for.
 * Changes nothing where time is not virtual.
 *
 * @since 0.1.0
 * @category combinators
 */
export const failOnDeadlock = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DeadlockError, R> =>
  Effect.clockWith((clock) => {
    if (!(clock instanceof Timeline)) return effect
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.forkDaemon(restore(effect)), (fiber) =>
        restore(Effect.raceFirst(Fiber.join(fiber), deadlock(clock))).pipe(
          Effect.onInterrupt(() => Fiber.interrupt(fiber)),
          Effect.ensuring(Fiber.interruptFork(fiber))
        )
      )
    )
  })
