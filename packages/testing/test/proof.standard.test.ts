import { describe, expect, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { missing, uncalled } from "./proof/coverage.js"
import { rare } from "./proof/events.js"
import { prove, told } from "./proof/prove.js"

const plans = 5000

describe("under standard", () => {
  it.live(
    `a second charge comes only after the service said that it had failed, in ${plans} plans of faults`,
    () =>
      Effect.gen(function* () {
        const { covered, events, excess, failure, routes } = yield* prove(
          { policy: "standard", judge: "standard" },
          { plans, seed: 100_001 }
        )
        expect(failure && told(failure)).toBeUndefined()
        expect(missing(covered)).toEqual([])
        expect(uncalled(routes)).toEqual([])
        expect(rare(events, 1)).toEqual([])
        expect(excess).toBeGreaterThan(0)
        yield* Console.log(
          `${excess} charges beyond one a call in ${plans} plans, each after a 5xx of the service's own`
        )
      }),
    600_000
  )
})
