/** When one task is polled: a growing interval, jittered, never too soon, cut short by whoever knows more. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Monotonic from "./monotonic.js"

const firstInterval = 2000
const longestInterval = 15_000
const shortestInterval = 1000

/** Where the polls of one task stand. In milliseconds. */
export interface Polls {
  /** The wait before the next poll lies between these. */
  readonly from: number
  readonly to: number
  /** What the next interval grows from. */
  readonly interval: number
  /** No poll before this time, whoever asks for one. */
  readonly notBefore: number
}

const jittered = (interval: number) => ({ interval, from: 0.8 * interval, to: 1.2 * interval })

/** A task just submitted is given time; one from elsewhere may be done already. Many begun at once spread. */
export const begin = (age: Duration.Duration | undefined): Polls =>
  age !== undefined && Duration.toMillis(age) < firstInterval
    ? { interval: firstInterval, from: 0.5 * firstInterval, to: 1.5 * firstInterval, notBefore: 0 }
    : { interval: firstInterval, from: 0, to: shortestInterval, notBefore: 0 }

/** After a poll: the next comes later, and not before the service allows. */
export const next = (polls: Polls, retryAfter: Duration.Duration): Effect.Effect<Polls> =>
  Effect.map(Monotonic.now, (now) => ({
    ...jittered(Math.min(polls.interval * 1.5, longestInterval)),
    notBefore: now + Math.max(shortestInterval, Duration.toMillis(retryAfter))
  }))

/**
 * Waits for the next poll's time, at most `left`; `woken` ends the wait, but not before a poll is allowed. The last poll
 * comes so long before the end that it can be answered.
 */
export const wait = (polls: Polls, woken: Effect.Effect<void> | undefined, left: Duration.Duration) =>
  Effect.gen(function* () {
    const now = yield* Monotonic.now
    const most = Duration.toMillis(left)
    const floor = Math.min(most, Math.max(0, polls.notBefore - now))
    const last = most > shortestInterval ? most - shortestInterval : most
    const interval = Math.max(floor, Math.min(last, yield* Random.nextRange(polls.from, polls.to)))
    if (woken === undefined) return yield* Effect.sleep(Math.ceil(interval))
    yield* Effect.sleep(Math.ceil(floor))
    yield* Effect.timeoutOption(woken, Math.ceil(interval - floor))
  })
