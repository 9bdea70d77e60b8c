/** The connections that requests wait for. undici can't give one up before it is ready; this can. */
import type { Socket } from "node:net"
import type { InFlight } from "@effect-cheapai/core/Transport"
import { buildConnector, type Dispatcher, errors } from "undici"
import { skipInterim } from "./skipInterim.js"

export interface Connecting {
  /** What undici calls to connect. */
  readonly connect: buildConnector.connector
  /** Remembers for which request a connection is begun. */
  readonly remember: (inFlight: InFlight) => Dispatcher.DispatcherComposeInterceptor
  readonly giveUp: (inFlight: InFlight) => void
  readonly giveUpAll: () => void
}

export const make = (options: { readonly timeout: number }): Connecting => {
  const connector = buildConnector(options)
  const sockets = new Map<object, Socket>()
  let dispatched: InFlight | undefined
  // Without an error undici would not hear of it.
  const end = (socket: Socket | undefined) => socket?.destroy(new errors.RequestAbortedError("The caller has gone"))
  return {
    connect: (options, callback) => {
      const owner = dispatched ?? {}
      // It returns the socket, though its type doesn't say so.
      const socket = connector(options, (...result) => {
        sockets.delete(owner)
        callback(...result)
      }) as unknown as Socket
      skipInterim(socket)
      sockets.set(owner, socket)
    },
    // undici connects within `dispatch`, unless it finds only afterwards that an idle connection has ended.
    remember: (inFlight) => (dispatch) => (options, handler) => {
      dispatched = inFlight
      try {
        return dispatch(options, handler)
      } finally {
        dispatched = undefined
      }
    },
    giveUp: (inFlight) => end(sockets.get(inFlight)),
    giveUpAll: () => sockets.forEach(end)
  }
}
