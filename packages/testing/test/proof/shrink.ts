/** From a case that fails to the least that does: each step leaves something out, of the plan or of the story. */
import type * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import type { Case, Verdict } from "./property.js"
import type { Call, Story } from "./story.js"

const without = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.map((_, left) => items.filter((_, index) => index !== left))

/** Each item replaced by each of its simpler forms. */
const simplified = <A>(
  items: ReadonlyArray<A>,
  simpler: (item: A) => ReadonlyArray<A>
): ReadonlyArray<ReadonlyArray<A>> =>
  items.flatMap((item, place) =>
    simpler(item).map((form) => items.map((other, index) => (index === place ? form : other)))
  )

/** Where requests have gone, those after them have other numbers. */
const earlier = (strike: Faults.Strike): ReadonlyArray<Faults.Strike> =>
  strike.at > 1
    ? [
        { ...strike, at: 1 },
        { ...strike, at: strike.at - 1 }
      ]
    : []

const simplerCall = (call: Call): ReadonlyArray<Call> => {
  const { patience, ...patient } = call
  const { retries, ...tryingOnce } = call
  const { single, ...asTheClient } = call
  const { timeouts, ...unhurried } = call
  const { until } = call
  return [
    ...(patience === undefined ? [] : [patient]),
    ...(patience === undefined || patience < 2 ? [] : [{ ...call, patience: Math.floor(patience / 2) }]),
    ...(retries === undefined ? [] : [tryingOnce]),
    ...(single === undefined ? [] : [asTheClient]),
    ...(timeouts === undefined ? [] : [unhurried]),
    ...(until === "answered" ? [] : [{ ...call, until: "answered" as const }]),
    ...(until === "downloaded" ? [{ ...call, until: "done" as const }] : [])
  ]
}

const simplerStories = (story: Story): ReadonlyArray<Story> => [
  ...without(story.calls).map((calls) => ({ ...story, calls })),
  ...(story.concurrency === 1 ? [] : [{ ...story, concurrency: 1 }]),
  ...(story.keeps ? [] : [{ ...story, keeps: true }]),
  ...without(story.refusals).map((refusals) => ({ ...story, refusals })),
  ...simplified(story.calls, simplerCall).map((calls) => ({ ...story, calls }))
]

const unbooked = ({ booked, ...strike }: Faults.Strike): ReadonlyArray<Faults.Strike> =>
  booked === undefined ? [] : [strike]

const simplerPlans = ({ strikes }: Faults.Plan): ReadonlyArray<Faults.Plan> =>
  [...without(strikes), ...simplified(strikes, earlier), ...simplified(strikes, unbooked)].map((simpler) => ({
    strikes: simpler
  }))

const simpler = (failing: Case): ReadonlyArray<Case> => [
  ...simplerPlans(failing.plan).map((plan) => ({ ...failing, plan })),
  ...simplerStories(failing.story).map((story) => ({ ...failing, story }))
]

/** A problem without its numbers and names of calls. */
const kindOf = (problem: string): string => problem.replaceAll(/\d+(\.\d+)?/g, "#")

/** The least case that fails in the same way: another failure would lead away from it. Every form is simpler than the one before, so it ends. */
export const shrink = (
  verdictOf: (one: Case) => Effect.Effect<Verdict>,
  failing: Case,
  problems: ReadonlyArray<string>
): Effect.Effect<Case> => {
  const ways = new Set(problems.map(kindOf))
  const fails = (one: Case) =>
    Effect.map(verdictOf(one), (verdict) => verdict.problems.some((it) => ways.has(kindOf(it))))
  const from = (one: Case): Effect.Effect<Case> =>
    Effect.flatMap(Effect.findFirst(simpler(one), fails), (found) =>
      found._tag === "Some" ? from(found.value) : Effect.succeed(one)
    )
  return from(failing)
}
