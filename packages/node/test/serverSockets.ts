/** The connections that a server of this process accepted, as Node's own diagnostics report them. */
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface ServerSockets {
  readonly accepted: () => number
  readonly open: () => number
  /** Waits for the end of every connection; at least one must have been accepted. */
  readonly allClosed: Effect.Effect<void>
}

const channel = "net.server.socket"

/** Counts from now on, at the port of this address. */
export const watch = (url: string): Effect.Effect<ServerSockets, never, Scope.Scope> =>
  Effect.gen(function* () {
    const port = Number(new URL(url).port)
    const waiting = new Set<() => void>()
    let accepted = 0
    let open = 0
    const onSocket = (message: unknown) => {
      const { socket } = message as { readonly socket: Socket }
      if (socket.localPort !== port) return
      accepted++
      open++
      socket.on("close", () => {
        open--
        for (const check of waiting) check()
      })
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => subscribe(channel, onSocket)),
      () => Effect.sync(() => unsubscribe(channel, onSocket))
    )
    return {
      accepted: () => accepted,
      open: () => open,
      allClosed: Effect.async((resume) => {
        const check = () => {
          if (accepted > 0 && open === 0) resume(Effect.void)
        }
        waiting.add(check)
        check()
        return Effect.sync(() => waiting.delete(check))
      })
    }
  })
