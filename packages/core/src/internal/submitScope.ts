/**
 * A request that must not be lost outlives its caller. There is no way to cancel a task, so aborting a request that has
 * left saves nothing: it runs on in the client's scope, and whoever keeps tasks is told of its result.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { InFlight } from "../Transport.js"

/** `orphaned` runs when the request ends after its caller has gone. */
export const outlive = <A, E>(
  request: Effect.Effect<A, E>,
  options: {
    readonly scope: Scope.Scope
    readonly inFlight: InFlight
    readonly orphaned: (result: A) => Effect.Effect<void>
  }
): Effect.Effect<A, E> => {
  const { inFlight, orphaned, scope } = options
  const leave = (fiber: Fiber.RuntimeFiber<A, E>) =>
    Effect.suspend(() => {
      if (inFlight.evidence === "not-started") {
        inFlight.abandoned = true
        return Fiber.interruptFork(fiber)
      }
      const ended = Effect.flatMap(
        Fiber.await(fiber),
        Exit.match({ onSuccess: orphaned, onFailure: () => Effect.void })
      )
      return Effect.forkIn(Effect.interruptible(ended), scope)
    })
  return Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkIn(Effect.interruptible(request), scope), (fiber) =>
      Effect.onInterrupt(restore(Fiber.join(fiber)), () => leave(fiber))
    )
  )
}
