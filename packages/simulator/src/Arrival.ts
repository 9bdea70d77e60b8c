/**
 * One request that arrived at a simulator, and what became of it.
 *
 * @since 0.1.0
 */
import type * as Fault from "./Fault.js"
import type * as Catalogue from "./internal/catalogue.js"

/**
 * One request that arrived, whatever became of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Arrival {
  /** Which request it was, from 1: what `request` in the ledger names. */
  readonly number: number
  /** Milliseconds of Effect's Clock. */
  readonly at: number
  /** The template of the route, or `unknown`. */
  readonly route: string
  /** The part that it plays in the life of a task, by which plans count. */
  readonly phase: Exclude<Catalogue.Phase, "webhook">
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  /** Whether an authorization header came with it. */
  readonly hasKey: boolean
  /** What struck it: the name of a plan's fault, or the kind of another. */
  readonly fault: Catalogue.Name | Fault.Kind["kind"] | undefined
  /** What struck the webhook that it asked for. */
  readonly webhookFault: `webhook-${Catalogue.WebhookFate}` | undefined
  /** The status that was sent; undefined when not a byte was. */
  readonly status: number | undefined
  /**
   * Whether the reply says that the request was not taken on: a redirect but 303, a 4xx, a 200 with `success: false`, or a
   * 503 in which no gateway reports that it lost the service after it had passed the request on.
   */
  readonly isRejected: boolean
}
