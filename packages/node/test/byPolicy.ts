/** How often a call is sent under each policy, and why no further request is made: the patterns that rows are made of. */
import type { Stopped } from "@effect-cheapai/core/Attempt"

/** By policy: `none`, `payOnce`, `standard`, `documented`, and a program's own that sends anything again three times. */
export type Counts = readonly [number, number, number, number, number]

/** Why there was no further request, by policy too. */
export type Stops = readonly [Stopped, Stopped, Stopped, Stopped, Stopped]

export const never: Counts = [0, 0, 0, 0, 0]
export const whateverThePolicy: Counts = [1, 1, 1, 1, 1]
export const again: Counts = [1, 3, 3, 3, 4]
/** The published strategy sends again on 429, 500, 502, 503 and network errors, and on nothing else. */
export const againButDocumented: Counts = [1, 3, 3, 1, 4]
/** It does so even where that can't help. */
export const documentedAlone: Counts = [1, 1, 1, 3, 4]
export const ownAlone: Counts = [1, 1, 1, 1, 4]
/** The service says that it has failed. */
export const failed: Counts = [1, 1, 3, 3, 4]
export const failedButDocumented: Counts = [1, 1, 3, 1, 4]
/** It may have been done: only the policy that may pay twice goes on. */
export const unknown: Counts = [1, 1, 1, 3, 1]

const each = (stopped: Stopped): Stops => [stopped, stopped, stopped, stopped, stopped]
export const forGood = each("not-transient")
export const triesUsed = each("tries-used")
export const maybeFailed: Stops = ["tries-used", "once-unknown", "tries-used", "tries-used", "tries-used"]
export const maybeDone: Stops = ["once-unknown", "once-unknown", "once-unknown", "tries-used", "once-unknown"]
export const tooLong: Stops = ["tries-used", "retry-after-too-long", "retry-after-too-long", "tries-used", "tries-used"]

/** The reasons that go with the requests. */
export const usual: ReadonlyMap<Counts, Stops> = new Map<Counts, Stops>([
  [again, triesUsed],
  [againButDocumented, triesUsed],
  [failed, maybeFailed],
  [failedButDocumented, maybeFailed],
  [unknown, maybeDone]
])
