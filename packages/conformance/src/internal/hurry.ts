/** Sleeps last a quarter of their time, and back-off is at its shortest: the same waits are planned, and seen. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

export const speed = 4

const clock = (): Clock.Clock => {
  const real = Clock.make()
  const hurried: Pick<Clock.Clock, "sleep"> = { sleep: (time) => real.sleep(Duration.times(time, 1 / speed)) }
  return Object.assign(Object.create(real), hurried)
}

/** Full jitter makes a tenth of each back-off of this. */
const random = Random.fixed([0.1])

export const hurry = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(Effect.withClock(clock()), Effect.withRandom(random))
