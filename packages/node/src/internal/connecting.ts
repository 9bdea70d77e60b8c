/** The connections that requests wait for, so that one can be given up together with its request. */
import type { InFlight } from "@effect-cheapai/core/Transport"
import { type buildConnector, type Dispatcher, errors } from "undici"
import type { Connector, Pending } from "./connector.js"
import { skipInterim } from "./skipInterim.js"

export interface Connecting {
  /** What undici calls to connect. */
  readonly connect: buildConnector.connector
  /** Remembers for which request a connection is begun. */
  readonly remember: (inFlight: InFlight) => Dispatcher.DispatcherComposeInterceptor
  readonly giveUp: (inFlight: InFlight) => void
  readonly giveUpAll: () => void
}

export const make = (connector: Connector): Connecting => {
  const waiting = new Map<object, Pending>()
  let dispatched: InFlight | undefined
  const end = (pending: Pending | undefined) => pending?.destroy(new errors.RequestAbortedError("The caller has gone"))
  return {
    connect: (options, callback) => {
      const owner = dispatched ?? {}
      const pending = connector(options, (...result) => {
        waiting.delete(owner)
        const [, socket] = result
        // undici leaves it out after an error.
        if (socket) skipInterim(socket)
        callback(...result)
      })
      waiting.set(owner, pending)
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
    giveUp: (inFlight) => end(waiting.get(inFlight)),
    giveUpAll: () => waiting.forEach(end)
  }
}
