/** Many plans, one after the other; of the first that fails, the least that still does, as a test. */
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import { excess } from "./judge.js"
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
  /** `phase fault` of every strike that met a request. */
  readonly covered: ReadonlySet<string>
  /** The templates of the routes that were called. */
  readonly routes: ReadonlySet<string>
  readonly failure: Failure | undefined
}

const caseOf = (seed: number): Case => ({
  seed,
  story: Story.make(seed),
  plan: Faults.plan(seed, { rate: 0.35, length: 6 })
})

const failureOf = (property: Property, failing: Case): Effect.Effect<Failure> =>
  Effect.gen(function* () {
    const least = yield* shrink(property, failing)
    const { problems } = yield* verdictOf(property, least)
    return { least, problems, test: toTest(property, least) }
  })

const note = ({ arrivals }: Observed, covered: Set<string>, routes: Set<string>) => {
  for (const { fault, phase, route, webhookFault } of arrivals) {
    routes.add(route)
    if (fault !== undefined) covered.add(`${phase} ${fault}`)
    if (webhookFault !== undefined) covered.add(`webhook ${webhookFault}`)
  }
}

export const prove = (
  property: Property,
  options: { readonly plans: number; readonly seed: number }
): Effect.Effect<Proof> =>
  Effect.gen(function* () {
    const covered = new Set<string>()
    const routes = new Set<string>()
    let sum = 0
    for (let number = 0; number < options.plans; number++) {
      const tried = caseOf(options.seed + number)
      const { observed, problems } = yield* verdictOf(property, tried)
      if (problems.length > 0) {
        const failure = yield* failureOf(property, tried)
        return { plans: number + 1, excess: sum, covered, routes, failure }
      }
      if (observed === undefined) continue
      sum += excess(observed)
      note(observed, covered, routes)
    }
    return { plans: options.plans, excess: sum, covered, routes, failure: undefined }
  })

/** What a person is shown of a failure. */
export const told = ({ problems, test }: Failure): string => [...problems, "", test].join("\n")
