/** Clocks that do what real ones do. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

const changed =
  (change: (clock: Clock.Clock) => Partial<Clock.Clock>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.clockWith((clock) => Effect.withClock(effect, Object.assign(Object.create(clock), change(clock))))

/** Sleeps of so many milliseconds last longer by so many: a machine was asleep, or an event loop was held up. */
export const oversleeping = (extra: Readonly<Record<number, number>>) =>
  changed((clock) => ({
    sleep: (asked) => {
      const millis = Duration.toMillis(asked)
      return clock.sleep(Duration.millis(millis + (extra[millis] ?? 0)))
    }
  }))

/** The wall clock runs backwards, as one does for a moment that is set back. Time since the start still grows. */
export const setBack = changed((clock) => {
  const unsafeCurrentTimeMillis = () => -clock.unsafeCurrentTimeMillis()
  return { unsafeCurrentTimeMillis, currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis) }
})
