/** Opens connections for undici. Its own can't be given up before they are ready; these can. */
import type { SecureContext } from "node:tls"
import { buildConnector } from "undici"

/** A connection that is being opened. Destroyed without an error, undici would not hear of it. */
export interface Pending {
  readonly destroy: (error: Error) => void
}

export type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => Pending

export interface Options {
  /** Of one connection, in milliseconds. */
  readonly timeout: number
  /** Whom it trusts; Node's own when left out. */
  readonly secureContext: SecureContext | undefined
}

/** It returns the socket, though its type doesn't say so. */
export const direct = (options: Options): Connector => buildConnector(options) as unknown as Connector
