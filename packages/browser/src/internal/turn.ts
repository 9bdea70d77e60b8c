/** Bytes between two sides: whose turn it is to move them on, and since when. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

export interface Turn {
  waitsFor: "page" | "service"
  since: bigint
}

export const make = (waitsFor: Turn["waitsFor"]): Effect.Effect<Turn> =>
  Effect.map(Clock.currentTimeNanos, (since) => ({ waitsFor, since }))

export const give = (turn: Turn, whom: Turn["waitsFor"]): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeNanos, (now) => {
    turn.waitsFor = whom
    turn.since = now
  })

/** Its time begins anew, if it is its turn. */
export const renew = (turn: Turn, whose: Turn["waitsFor"]): Effect.Effect<void> =>
  Effect.suspend(() => (turn.waitsFor === whose ? give(turn, whose) : Effect.void))

/** Ends once one side has stood still for so long; says which. */
export const overdue = (turn: Turn, idle: Duration.Duration): Effect.Effect<Turn["waitsFor"]> =>
  Effect.flatMap(Clock.currentTimeNanos, (now) => {
    const still = Duration.nanos(now - turn.since)
    return Duration.lessThan(still, idle)
      ? Effect.zipRight(Effect.sleep(Duration.subtract(idle, still)), overdue(turn, idle))
      : Effect.succeed(turn.waitsFor)
  })
