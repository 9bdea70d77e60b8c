/** What is to be proved of which policy, by names, so that a case can be printed. */
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import type * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as judge from "./judge.js"
import { type Observed, run } from "./run.js"
import type { Story } from "./story.js"

const { documented, payOnce, standard } = RetryPolicy
const policies = { payOnce, standard, documented }

export interface Property {
  readonly policy: keyof typeof policies
  readonly judge: keyof typeof judge.properties
}

/** All that decides how a run goes. */
export interface Case {
  readonly seed: number
  readonly story: Story
  readonly plan: Faults.Plan
}

export interface Verdict {
  readonly observed: Observed | undefined
  readonly problems: ReadonlyArray<string>
}

/** A run that ends by itself is a problem too. */
export const verdictOf = (property: Property, { plan, seed, story }: Case): Effect.Effect<Verdict> =>
  Effect.map(
    Effect.either(Effect.sandbox(run(story, plan, policies[property.policy], seed))),
    Either.match({
      onLeft: (cause) => ({ observed: undefined, problems: [`the program ended by itself: ${String(cause)}`] }),
      onRight: (observed) => ({ observed, problems: judge.properties[property.judge](observed) })
    })
  )
