/** Milliseconds that only grow: the wall clock may be set back while somebody waits. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const toMillis = (nanos: bigint): number => Number(nanos) / 1_000_000

export const now: Effect.Effect<number> = Effect.map(Clock.currentTimeNanos, toMillis)

export const unsafeNow = (clock: Clock.Clock): number => toMillis(clock.unsafeCurrentTimeNanos())
