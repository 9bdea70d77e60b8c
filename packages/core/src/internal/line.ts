/** First come, first served. Effect's semaphore lets a newcomer pass those who are just being woken. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** Runs `turn` after the turns of all who came before. For uninterruptible regions: the wait alone is restored. */
export type Line = <A>(restore: Restore, turn: Effect.Effect<A>) => Effect.Effect<A>

export const make = (): Line => {
  let last = Deferred.unsafeMake<void>(FiberId.none)
  Deferred.unsafeDone(last, Effect.void)
  return (restore, turn) =>
    Effect.suspend(() => {
      const before = Deferred.await(last)
      const own = Deferred.unsafeMake<void>(FiberId.none)
      last = own
      // Who leaves the line is succeeded by those before.
      const leave = Deferred.completeWith(own, before)
      return Effect.zipRight(
        Effect.onInterrupt(restore(before), () => leave),
        Effect.ensuring(turn, Deferred.succeed(own, undefined))
      )
    })
}
