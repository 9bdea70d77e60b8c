import { describe, expect, it } from "@effect/vitest"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { missing } from "./proof/coverage.js"
import * as judge from "./proof/judge.js"
import { prove } from "./proof/prove.js"

const plans = 5000

describe("under standard", () => {
  it.live(
    `a second charge comes only after the service said that it had failed, in ${plans} plans of faults`,
    () =>
      Effect.gen(function* () {
        const { covered, excess, failure } = yield* prove(
          { policy: RetryPolicy.standard, judge: judge.standard },
          { plans, seed: 100_001 }
        )
        expect(failure).toBeUndefined()
        expect(missing(covered)).toEqual([])
        yield* Console.log(
          `${excess} charges beyond one a call in ${plans} plans, each after a 5xx of the service's own`
        )
      }),
    180_000
  )
})

describe("under documented, which sends again after a lost reply", () => {
  it.live("the same property fails within 1,000 plans, and is told as a script", () =>
    Effect.gen(function* () {
      const { failure } = yield* prove(
        { policy: RetryPolicy.documented, judge: judge.standard },
        { plans: 1000, seed: 1 }
      )
      expect(failure).toMatch(/^seed \d+: voice-\d was charged again/)
      expect(failure).toContain("const plan = Faults.script(\n  Faults.strike(")
      expect(failure?.match(/Faults\.strike/g)?.length).toBeLessThanOrEqual(2)
    })
  )
})
