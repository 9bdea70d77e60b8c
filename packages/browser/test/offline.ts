/** A page without a network. */
import * as Effect from "effect/Effect"

export const goOffline = () =>
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true, writable: true })

export const restoringNavigator = Effect.acquireRelease(
  Effect.sync(() => Object.getOwnPropertyDescriptor(globalThis, "navigator")),
  (before) =>
    Effect.sync(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, "navigator")
      else Object.defineProperty(globalThis, "navigator", before)
    })
)
