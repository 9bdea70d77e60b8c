import { describe, expect, it } from "@effect/vitest"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Effect from "effect/Effect"
import { missing } from "./proof/coverage.js"
import * as judge from "./proof/judge.js"
import { prove } from "./proof/prove.js"

const plans = 5000

describe("under payOnce", () => {
  it.live(
    `no call is charged twice and no paid task is lost in ${plans} plans of faults`,
    () =>
      Effect.gen(function* () {
        const { covered, failure } = yield* prove(
          { policy: RetryPolicy.payOnce, judge: judge.payOnce },
          { plans, seed: 1 }
        )
        expect(failure).toBeUndefined()
        expect(missing(covered)).toEqual([])
      }),
    180_000
  )
})
