/** A failing case as a test of its own: a whole file, to be put into `packages/testing/test` and run as it is. */
import * as Faults from "@effect-cheapai/simulator/Faults"
import type { Case, Property } from "./property.js"

const indented = (text: string): string => text.replaceAll("\n", "\n  ")

export const toTest = ({ judge, policy }: Property, { plan, seed, story }: Case): string =>
  `import { expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/testing/Faults"
import * as Effect from "effect/Effect"
import { verdictOf } from "./proof/property.js"
import type { Story } from "./proof/story.js"

it.live("seed ${seed} under ${policy}", () =>
  Effect.gen(function* () {
    const story: Story = ${indented(indented(JSON.stringify(story, undefined, 2)))}
    const plan = ${indented(indented(Faults.toScript(plan)))}
    const { problems } = yield* verdictOf({ policy: "${policy}", judge: "${judge}" }, { seed: ${seed}, story, plan })
    expect(problems).toEqual([])
  })
)
`
