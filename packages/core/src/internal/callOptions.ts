/** What a caller set for the calls inside an effect; the combinators of `CheapAi` write it, the engine reads it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Attempt } from "../Attempt.js"
import type { Timeouts } from "../CheapAiConfig.js"
import type { CreditLimit } from "../CreditLimit.js"
import type { AnyPolicy } from "../RetryPolicy.js"
import type { StoredTask } from "./storedTask.js"
import type { Watcher } from "./uploading.js"

export interface CallSettings {
  readonly retry?: AnyPolicy
  readonly timeouts: Timeouts
  /** What replies must not be quoted with, besides the call's own input. */
  readonly secrets: Redacted.Redacted<ReadonlyArray<string>>
  readonly taps: ReadonlyArray<(attempt: Attempt) => Effect.Effect<unknown>>
  readonly onSubmitted: ReadonlyArray<(task: StoredTask) => Effect.Effect<unknown>>
  readonly onUpload: ReadonlyArray<Watcher>
  /** Innermost first. */
  readonly creditLimits: ReadonlyArray<CreditLimit>
  readonly expectedCredits: number | undefined
  /** A poll of a task: it keeps another pace, and its next try is the next poll. */
  readonly isPoll: boolean
}

export class CallOptions extends Context.Reference<CallOptions>()("@effect-cheapai/core/CallOptions", {
  defaultValue: (): CallSettings => ({
    timeouts: {},
    secrets: Redacted.make([]),
    taps: [],
    onSubmitted: [],
    onUpload: [],
    creditLimits: [],
    expectedCredits: undefined,
    isPoll: false
  })
}) {}

export const amend =
  (change: (current: CallSettings) => CallSettings) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(CallOptions, (current) => Effect.provideService(effect, CallOptions, change(current)))
