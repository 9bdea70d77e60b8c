import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { missing, uncalled } from "./proof/coverage.js"
import { rare } from "./proof/events.js"
import { prove, told } from "./proof/prove.js"

const plans = 5000

describe("under payOnce", () => {
  it.live(
    `no call is charged twice and no paid task is lost in ${plans} plans of faults`,
    () =>
      Effect.gen(function* () {
        const { covered, events, failure, routes } = yield* prove(
          { policy: "payOnce", judge: "payOnce" },
          { plans, seed: 1 }
        )
        expect(failure && told(failure)).toBeUndefined()
        expect(missing(covered)).toEqual([])
        expect(uncalled(routes)).toEqual([])
        expect(rare(events, 1)).toEqual([])
      }),
    600_000
  )
})
