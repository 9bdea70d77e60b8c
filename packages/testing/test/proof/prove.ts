/** Many plans, one after the other; of the first that fails, the least that still does, as a test. */
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import { struck } from "./coverage.js"
import { eventsOf } from "./events.js"
import { excess, paid } from "./judge.js"
import { toTest } from "./print.js"
import { type Case, type Property, verdictOf } from "./property.js"
import type { Observed } from "./run.js"
import { shrink } from "./shrink.js"
import * as Story from "./story.js"

export interface Failure {
  readonly least: Case
  readonly problems: ReadonlyArray<string>
  /** A test that fails for the same reason. */
  readonly test: string
}

export interface Proof {
  readonly plans: number
  readonly excess: number
  /** Every strike that met a request, as `coverage.ts` names it. */
  readonly covered: ReadonlySet<string>
  /** How often something happened that the properties are about. */
  readonly events: ReadonlyMap<string, number>
  /** The templates of the routes that were called. */
  readonly routes: ReadonlySet<string>
  readonly failure: Failure | undefined
}

/** Files and reads are few. */
const rate = { submit: 0.35, poll: 0.35, file: 0.85, read: 0.6, webhook: 0.35 }

export const caseOf = (seed: number): Case => ({
  seed,
  story: Story.make(seed),
  plan: Faults.plan(seed, { rate, length: 6 })
})

const failureOf = (property: Property, failing: Case, problems: ReadonlyArray<string>): Effect.Effect<Failure> =>
  Effect.gen(function* () {
    const least = yield* shrink((one) => verdictOf(property, one), failing, problems)
    const verdict = yield* verdictOf(property, least)
    return { least, problems: verdict.problems, test: toTest(property, least) }
  })

interface Tally {
  readonly covered: Set<string>
  readonly events: Map<string, number>
  readonly routes: Set<string>
}

const count = (observed: Observed, { covered, events, routes }: Tally) => {
  const charged = new Set(paid(observed).map(({ request }) => request))
  for (const { fault, number, phase, route, webhookFault } of observed.arrivals) {
    routes.add(route)
    if (fault !== undefined) covered.add(struck(phase, fault, charged.has(number)))
    if (webhookFault !== undefined) covered.add(struck("webhook", webhookFault, true))
  }
  for (const event of eventsOf(observed)) events.set(event, (events.get(event) ?? 0) + 1)
}

export const prove = (
  property: Property,
  options: {
    readonly plans: number
    readonly seed: number
    /** Hears how many plans are done. */
    readonly onPlan?: (done: number) => void
  }
): Effect.Effect<Proof> =>
  Effect.gen(function* () {
    const tally: Tally = { covered: new Set(), events: new Map(), routes: new Set() }
    let sum = 0
    for (let number = 0; number < options.plans; number++) {
      const tried = caseOf(options.seed + number)
      const { observed, problems } = yield* verdictOf(property, tried)
      if (problems.length > 0) {
        const failure = yield* failureOf(property, tried, problems)
        return { plans: number + 1, excess: sum, ...tally, failure }
      }
      if (observed === undefined) continue
      sum += excess(observed)
      count(observed, tally)
      options.onPlan?.(number + 1)
    }
    return { plans: options.plans, excess: sum, ...tally, failure: undefined }
  })

/** What a person is shown of a failure. */
export const told = ({ problems, test }: Failure): string => [...problems, "", test].join("\n")
