/** Counts what happens outside of Effect, for those who wait for it. */
import * as Effect from "effect/Effect"

export interface Counter {
  readonly add: () => void
  readonly value: () => number
  /** Waits until so many have been added. */
  readonly reached: (count: number) => Effect.Effect<void>
}

export const make = (): Counter => {
  const waiting = new Set<() => void>()
  let value = 0
  return {
    add: () => {
      value++
      for (const check of waiting) check()
    },
    value: () => value,
    reached: (expected) =>
      Effect.async((resume) => {
        const check = () => {
          if (value >= expected) resume(Effect.void)
        }
        waiting.add(check)
        check()
        return Effect.sync(() => waiting.delete(check))
      })
  }
}
