/**
 * The seam between the engine and a platform. An adapter brings an `HttpClient` and says here what that client can
 * prove: whether a request may have left, what its failures are called, and how the parts of an upload become a body.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Evidence, TransportCode } from "./Attempt.js"
import type { Replay } from "./CheapAiError.js"
import * as Multipart from "./Multipart.js"

/**
 * What an adapter knows about its `HttpClient`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Adapter {
  /** The evidence before anything happened: `"not-started"` only where the client reports the start of each request. */
  readonly evidence: "not-started" | "unknown"
  /** The name of a failure that the client reported. */
  readonly codeOf: (cause: unknown) => TransportCode
  /** Says for a person what the name alone would not, and shows no secret. */
  readonly sentenceOf?: ((cause: unknown) => string | undefined) | undefined
  /** Headers that this client needs on every request. */
  readonly headers: Readonly<Record<string, string>>
  /** How the parts of an upload become this client's body. */
  readonly makeBody: Multipart.MakeBody
  /** Waited for before each request, within the call's total time but not within an attempt's. */
  readonly ready?: Effect.Effect<void> | undefined
}

/**
 * The adapter in use. By default one that proves and names nothing, which is right for a plain `fetch`.
 *
 * @since 0.1.0
 * @category configuration
 */
export class Transport extends Context.Reference<Transport>()("@effect-cheapai/core/Transport", {
  defaultValue: (): Adapter => ({
    evidence: "unknown",
    codeOf: () => "unknown",
    headers: {},
    makeBody: Multipart.toBlob
  })
}) {}

/**
 * One request on its way. The engine makes a new one for each attempt; the adapter's client finds it in the fiber's
 * context and writes `evidence`. A request that is `abandoned` must not be started.
 *
 * @since 0.1.0
 * @category models
 */
export interface InFlight {
  readonly replay: Replay
  evidence: Evidence
  abandoned: boolean
  /** Set where the client may not see the reply's `Retry-After`, whether there is one or not. */
  headersHidden?: boolean
  /** Hears of the bytes of an upload; for clients that see them leave. */
  readonly uploaded: Multipart.Report
  /** Whether somebody wants to see the upload's progress. */
  readonly isWatched: boolean
}

/**
 * The request that the current fiber is sending.
 *
 * @since 0.1.0
 * @category configuration
 */
export class CurrentRequest extends Context.Reference<CurrentRequest>()("@effect-cheapai/core/CurrentRequest", {
  defaultValue: (): InFlight => ({
    replay: "safe",
    evidence: "unknown",
    abandoned: false,
    uploaded: () => {},
    isWatched: false
  })
}) {}
