/** This process's event loop: to let it turn, and to keep it from turning. */
import * as Effect from "effect/Effect"

/** undici lets a connection be used again one turn of the event loop after a reply. */
export const turn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** While it lasts, nobody learns that a connection was closed. */
export const block = (millis: number) =>
  Effect.sync(() => {
    const end = performance.now() + millis
    while (performance.now() < end);
  })
