/** Failures that reach nobody but the process. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const events = ["uncaughtException", "unhandledRejection", "warning"] as const

/** Collects them from now on. */
export const watch: Effect.Effect<ReadonlyArray<string>, never, Scope.Scope> = Effect.gen(function* () {
  const seen: Array<string> = []
  const note = (failure: unknown) => seen.push(String(failure))
  const listen = Effect.sync(() => {
    for (const event of events) process.on(event, note)
  })
  const stop = Effect.sync(() => {
    for (const event of events) process.off(event, note)
  })
  yield* Effect.acquireRelease(listen, () => stop)
  return seen
})

/** What was refused within this turn of the event loop is reported by the next. */
export const reported: Effect.Effect<void> = Effect.async((resume) => {
  setImmediate(() => setImmediate(() => resume(Effect.void)))
})
