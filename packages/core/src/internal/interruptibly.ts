/** Makes a timeout interruptible everywhere. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/**
 * Effect 3.22 runs the two sides of a timeout in fibers that, inside a concurrent `forEach`, belong to the whole of it:
 * when it fails fast, its elements wait for theirs to end. In a fiber of its own a timeout hears of the interruption.
 */
export const interruptibly = <A, E, R>(timeout: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(Effect.forkDaemon(Effect.interruptible(timeout)), Fiber.join, Fiber.interrupt)
