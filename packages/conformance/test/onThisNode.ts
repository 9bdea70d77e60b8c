/** The suite in this process, and what did not go as it should. */
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Conformance from "../src/Conformance.js"
import { limits, type Runtime } from "../src/limits.js"

export const failures = (runtime: Runtime, layer: Parameters<typeof Conformance.run>[0]["layer"]) =>
  Effect.gen(function* () {
    const { url } = yield* SimulatorServer.make(Conformance.simulator)
    const report = yield* Conformance.run({ layer, simulatorUrl: url, limits: limits[runtime] })
    return report.filter(({ ok }) => !ok)
  })
