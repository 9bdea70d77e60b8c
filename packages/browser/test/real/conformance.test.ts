/** Every row of the semantics in a real browser, the service on another origin. */
import { expect, it } from "@effect/vitest"
import * as Conformance from "@effect-cheapai/conformance/Conformance"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Chromium from "./chromium.js"
import * as Site from "./site.js"

Chromium.inChromium("the conformance suite in a page", () => {
  it.scopedLive.each([
    ["are kept open", true],
    ["end with each reply, so that nothing is sent again", false]
  ] as const)("holds where connections %s, but for the limits that are named", ([, keepAlive]) =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ ...Conformance.simulator, keepAlive })
      const { page } = yield* Effect.flatMap(Site.serveEntry("conformancePage.ts"), Chromium.open)
      const report = yield* Effect.promise(() =>
        page.evaluate((server) => globalThis.conformance.report(server), { simulatorUrl: url, keepAlive })
      )
      expect(report.filter(({ ok }) => !ok)).toEqual([])
      expect(report.map(({ name }) => name)).toEqual(Conformance.cases.map(({ name }) => name))
    })
  )
})
