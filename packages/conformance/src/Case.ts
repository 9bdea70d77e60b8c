/** One row of the suite: what the service does, what the program does, and what must be seen of it, as plain data. */
import type { Outcome, Stopped } from "@effect-cheapai/core/Attempt"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import type { CheapAiError } from "@effect-cheapai/core/CheapAiError"
import type * as Faults from "@effect-cheapai/simulator/Faults"
import type * as Effect from "effect/Effect"

/** What the program, the server and its ledger have seen. Times are in milliseconds of the program's clock. */
export interface Observation {
  /** `success`, or the tag of the error. */
  readonly result: string
  readonly outcome?: Outcome | undefined
  readonly stopped?: Stopped | undefined
  readonly isTransient?: boolean | undefined
  readonly isRetryable?: boolean | undefined
  /** Of an error that has one: which of several causes, as its `reason`, `code` or `phase` says. */
  readonly cause?: string | undefined
  readonly status?: number | undefined
  readonly source?: string | undefined
  readonly retryAfter?: number | undefined
  /** The tries of the call that failed, or of all calls when none did. */
  readonly tries: number
  /** The waits before the second try and each after it. */
  readonly waits: ReadonlyArray<number>
  readonly waitedFor: ReadonlyArray<string>
  /** How many requests the server saw. */
  readonly requests: number
  /** How many of them came before their wait was over. */
  readonly early: number
  readonly charges: number
}

/** Where the client is sent: the simulator; a port on which nobody listens; a name that no host has; the simulator, as if it spoke TLS. */
export type Address = "simulator" | "nobody" | "nowhere" | "tls"

export interface Case {
  /** Its section of the semantics, and what it is about: unique. */
  readonly name: string
  readonly faults: ReadonlyArray<Faults.Strike>
  readonly program: Effect.Effect<unknown, CheapAiError, CheapAi>
  /** Default: the simulator's valid key, no retries, the usual times. */
  readonly options?: Partial<CheapAiConfig.Options>
  readonly address?: Address
  /** What is left out is not looked at. */
  readonly expected: Partial<Observation>
}
