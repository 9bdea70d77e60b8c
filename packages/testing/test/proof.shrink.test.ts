import { describe, expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import type { Case, Verdict } from "./proof/property.js"
import { shrink } from "./proof/shrink.js"

const failing: Case = {
  seed: 1,
  story: {
    calls: [
      { id: "call-1", route: "voice", until: "downloaded", patience: 900, retries: true },
      { id: "call-2", route: "music", until: "downloaded", timeouts: { attempt: 1, total: 2 }, single: true }
    ],
    concurrency: 2,
    keeps: false,
    refusals: [{ from: 3, times: 2, code: "dns" }]
  },
  plan: Faults.script(
    Faults.strike("submit", 3, "reset", { booked: true }),
    Faults.strike("poll", 2, "stall"),
    Faults.strike("file", 1, "close")
  )
}

const verdict = (...problems: ReadonlyArray<string>): Verdict => ({ observed: undefined, problems })

/** As if two things went wrong: one needs a call that is downloaded, the other any call at all. */
const verdictOf = ({ plan, story }: Case): Effect.Effect<Verdict> => {
  const isCharged = plan.strikes.some(({ on }) => on === "submit")
  const downloads = story.calls.filter(({ until }) => until === "downloaded").length
  return Effect.succeed(
    isCharged && downloads > 0
      ? verdict(`call-${downloads}.1 was charged ${story.calls.length} times`)
      : verdict("late")
  )
}

describe("the least case", () => {
  it.effect("has all left out that its failure does not need", () =>
    Effect.gen(function* () {
      const least = yield* shrink(verdictOf, failing, ["call-2.1 was charged 2 times"])
      expect(least).toEqual({
        seed: 1,
        story: {
          calls: [{ id: "call-2", route: "music", until: "downloaded" }],
          concurrency: 1,
          keeps: true,
          refusals: []
        },
        plan: Faults.script(Faults.strike("submit", 1, "reset"))
      })
    })
  )

  it.effect("fails in the way it was asked about, and no other", () =>
    Effect.gen(function* () {
      const least = yield* shrink(verdictOf, failing, ["late"])
      expect((yield* verdictOf(least)).problems).toEqual(["late"])
      expect(least.plan.strikes).toEqual([])
      expect(least.story.calls).toEqual([])
    })
  )

  it.effect("is less impatient by halves, while that is what fails", () =>
    Effect.gen(function* () {
      const impatient = ({ story }: Case) =>
        Effect.succeed(story.calls.some(({ patience = 0 }) => patience > 100) ? verdict("lost") : verdict())
      const least = yield* shrink(impatient, failing, ["lost"])
      expect(least.story.calls).toEqual([{ id: "call-1", route: "voice", until: "answered", patience: 112 }])
    })
  )
})
