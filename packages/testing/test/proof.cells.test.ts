import { describe, expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import { type Case, verdictOf } from "./proof/property.js"
import type { Call } from "./proof/story.js"

/** What to call so that a phase has its request: a task by JSON, a voice by an upload; a GET, a POST. */
const callsOf: Readonly<Record<Faults.Phase, ReadonlyArray<Pick<Call, "route" | "until">>>> = {
  submit: [
    { route: "voice", until: "done" },
    { route: "clone", until: "done" }
  ],
  poll: [{ route: "voice", until: "done" }],
  file: [{ route: "voice", until: "downloaded" }],
  read: [
    { route: "credits", until: "answered" },
    { route: "price", until: "answered" }
  ],
  webhook: [{ route: "voice", until: "done" }]
}

/** Where a fault leaves it open whether it is charged, both. */
const strikes = Faults.cells.flatMap(({ booking, fault, on }) =>
  booking === "either"
    ? [true, false].map((booked) => Faults.strike(on, 1, fault, { booked }))
    : [Faults.strike(on, 1, fault)]
)

const cases = strikes.flatMap((strike) =>
  callsOf[strike.on].map((call): Case => {
    const story = { calls: [{ id: "call-1", ...call }], concurrency: 1, keeps: true, refusals: [] }
    return { seed: 1, story, plan: Faults.script(strike) }
  })
)

describe("every fault on every phase, charged first or not", () => {
  it.live.each(["payOnce", "standard"] as const)(
    "under %s",
    (name) =>
      Effect.gen(function* () {
        for (const one of cases) {
          const { observed, problems } = yield* verdictOf({ policy: name, judge: name }, one)
          expect(problems, Faults.toScript(one.plan)).toEqual([])
          const [strike] = one.plan.strikes
          const met = observed?.arrivals.flatMap(({ fault, webhookFault }) => [fault, webhookFault])
          expect(met).toContain(strike?.fault)
        }
      }),
    240_000
  )
})
