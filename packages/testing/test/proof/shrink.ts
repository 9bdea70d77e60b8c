/** The least case that still fails: each step leaves something out, of the plan or of the story. */
import type * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import { type Case, type Property, verdictOf } from "./property.js"
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
  return [
    ...(patience === undefined ? [] : [patient]),
    ...(retries === undefined ? [] : [tryingOnce]),
    ...(call.until === "answered" ? [] : [{ ...call, until: "answered" as const }])
  ]
}

const simplerStories = (story: Story): ReadonlyArray<Story> => [
  ...without(story.calls).map((calls) => ({ ...story, calls })),
  ...(story.concurrency === 1 ? [] : [{ ...story, concurrency: 1 }]),
  ...(story.refusals === 0 ? [] : [{ ...story, refusals: 0 }]),
  ...simplified(story.calls, simplerCall).map((calls) => ({ ...story, calls }))
]

const simplerPlans = ({ strikes }: Faults.Plan): ReadonlyArray<Faults.Plan> =>
  [...without(strikes), ...simplified(strikes, earlier)].map((simpler) => ({ strikes: simpler }))

const simpler = (failing: Case): ReadonlyArray<Case> => [
  ...simplerPlans(failing.plan).map((plan) => ({ ...failing, plan })),
  ...simplerStories(failing.story).map((story) => ({ ...failing, story }))
]

/** Every form is simpler than the one before, so it ends. */
export const shrink = (property: Property, failing: Case): Effect.Effect<Case> =>
  Effect.flatMap(
    Effect.findFirst(simpler(failing), (one) =>
      Effect.map(verdictOf(property, one), ({ problems }) => problems.length > 0)
    ),
    (found) => (found._tag === "Some" ? shrink(property, found.value) : Effect.succeed(failing))
  )
