import { describe, expect, it } from "@effect/vitest"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as judge from "./proof/judge.js"
import { run } from "./proof/run.js"
import type { Story } from "./proof/story.js"

const patient = { patience: undefined, retries: false }
const story: Story = {
  calls: [
    { id: "voice-1", kind: "download", ...patient },
    { id: "voice-2", kind: "read", ...patient }
  ],
  concurrency: 1,
  refusals: 0
}

/** Where a fault leaves it open whether it is charged, both. */
const strikes = Faults.cells.flatMap(({ booking, fault, on }) =>
  booking === "either"
    ? [true, false].map((booked) => Faults.strike(on, 1, fault, { booked }))
    : [Faults.strike(on, 1, fault)]
)

describe("every fault on every phase, charged first or not", () => {
  it.live.each([
    ["payOnce", RetryPolicy.payOnce, judge.payOnce],
    ["standard", RetryPolicy.standard, judge.standard]
  ] as const)(
    "under %s",
    ([, policy, judged]) =>
      Effect.gen(function* () {
        for (const strike of strikes) {
          const plan = Faults.script(strike)
          const observed = yield* run(story, plan, policy, 1)
          expect(judged(observed), Faults.toScript(plan)).toEqual([])
        }
        expect(strikes.length).toBeGreaterThan(Faults.cells.length)
      }),
    120_000
  )
})
