/** Every row of the semantics in a real browser, the service on another origin. */
import { expect, it } from "@effect/vitest"
import * as Conformance from "@effect-cheapai/conformance/Conformance"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Chromium from "./chromium.js"
import * as Site from "./site.js"

/**
 * What Chromium settles by chance, by row: it gives a page all or nothing of a reply with a reset right behind it, and of
 * two lost replies it hides one or both, as many connections as it has kept open.
 */
const byChance: Readonly<Record<string, ReadonlyArray<string>>> = {
  "errors: a whole reply on a connection that breaks": ["result"],
  "policies: standard, a read: two resets": ["waits"],
  "policies: a schedule of one's own, a read: two lost replies": ["waits"]
}

const steady = (name: string, observation: Conformance.Row["seen"]) =>
  Object.fromEntries(Object.entries(observation).filter(([key]) => byChance[name]?.includes(key) !== true))

Chromium.inChromium("the conformance suite in a page", () => {
  it.scopedLive("holds, but for the limits that are named", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make(Conformance.simulator)
      const { page } = yield* Effect.flatMap(Site.serveEntry("conformancePage.ts"), Chromium.open)
      const report = yield* Effect.promise(() =>
        page.evaluate((address) => globalThis.conformance.report(address), url)
      )
      for (const { expected, name, seen } of report) expect(steady(name, seen), name).toEqual(steady(name, expected))
      expect(report.map(({ name }) => name)).toEqual(Conformance.cases.map(({ name }) => name))
    })
  )
})
