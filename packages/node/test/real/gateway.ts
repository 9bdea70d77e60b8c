/** What nginx and HAProxy have in common here: a place in front of a service, and a record of what passed. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as RawServer from "../rawServer.js"
import type { StartError } from "./childServer.js"

export interface Gateway {
  readonly url: string
  /**
   * Ends it once every request is done, and gives a line for each as it logged them: method, path and status. The
   * client's connections must be closed by then.
   */
  readonly log: Effect.Effect<ReadonlyArray<string>>
}

/** A certificate with its private key, as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** Where a proxy listens, and the path at which it shows that it is this one. */
export interface Address {
  readonly port: number
  readonly readyPath: string
}

/** Starts at a free port; at another one when somebody was quicker. */
export const atFreePort = <A>(
  start: (address: Address) => Effect.Effect<A, StartError, Scope.Scope>
): Effect.Effect<A, StartError, Scope.Scope> =>
  Effect.zipWith(RawServer.closedPort, Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER), (port, mark) => ({
    port,
    readyPath: `/ready-${mark.toString(36)}`
  })).pipe(
    Effect.flatMap(start),
    Effect.retry({ times: 5, while: ({ output }) => /address already in use/i.test(output) })
  )

export const linesOf = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")
