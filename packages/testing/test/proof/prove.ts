/** Many plans, one after the other; of the first that fails, the least that still does. */
import type * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { excess } from "./judge.js"
import { type Observed, run } from "./run.js"
import * as Story from "./story.js"

export interface Property {
  readonly policy: RetryPolicy.AnyPolicy
  readonly judge: (observed: Observed) => ReadonlyArray<string>
}

export interface Proof {
  readonly plans: number
  readonly excess: number
  /** `phase fault` of every strike that met a request. */
  readonly covered: ReadonlySet<string>
  readonly failure: string | undefined
}

const planOf = (seed: number): Faults.Plan => Faults.plan(seed, { rate: 0.35, length: 6 })

/** What went wrong in one run; a run that ends by itself says so too. */
const faultsOf = (property: Property, seed: number, plan: Faults.Plan) =>
  Effect.map(
    Effect.either(Effect.sandbox(run(Story.make(seed), plan, property.policy, seed))),
    Either.match({
      onLeft: (cause) => ({ observed: undefined, problems: [`the program ended by itself: ${String(cause)}`] }),
      onRight: (observed) => ({ observed, problems: property.judge(observed) })
    })
  )

/** Leaves out strike after strike while the run still fails. */
const shrink = (property: Property, seed: number, plan: Faults.Plan): Effect.Effect<Faults.Plan> =>
  Effect.reduce(plan.strikes, plan, (least, strike) => {
    const without = { strikes: least.strikes.filter((other) => other !== strike) }
    return Effect.map(faultsOf(property, seed, without), ({ problems }) => (problems.length > 0 ? without : least))
  })

const report = (property: Property, seed: number, plan: Faults.Plan): Effect.Effect<string> =>
  Effect.gen(function* () {
    const least = yield* shrink(property, seed, plan)
    const { problems } = yield* faultsOf(property, seed, least)
    return [
      `seed ${seed}: ${problems.join("; ")}`,
      `const story = ${JSON.stringify(Story.make(seed))}`,
      `const plan = ${Faults.toScript(least)}`
    ].join("\n")
  })

export const prove = (
  property: Property,
  options: { readonly plans: number; readonly seed: number }
): Effect.Effect<Proof> =>
  Effect.gen(function* () {
    const covered = new Set<string>()
    let sum = 0
    for (let number = 0; number < options.plans; number++) {
      const seed = options.seed + number
      const plan = planOf(seed)
      const { observed, problems } = yield* faultsOf(property, seed, plan)
      if (problems.length > 0) {
        return { plans: number + 1, excess: sum, covered, failure: yield* report(property, seed, plan) }
      }
      if (observed === undefined) continue
      sum += excess(observed)
      for (const { fault, phase, webhookFault } of observed.arrivals) {
        if (fault !== undefined) covered.add(`${phase} ${fault}`)
        if (webhookFault !== undefined) covered.add(`webhook ${webhookFault}`)
      }
    }
    return { plans: options.plans, excess: sum, covered, failure: undefined }
  })
