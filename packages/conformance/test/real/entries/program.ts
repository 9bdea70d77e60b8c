/** Takes the runtime's name and the simulator's address, and prints the report as JSON. */
import type * as Conformance from "../../../src/Conformance.js"
import { isRuntime, report } from "./report.js"

export const main = async (layer: Parameters<typeof Conformance.run>[0]["layer"]): Promise<void> => {
  const [runtime, simulatorUrl = ""] = process.argv.slice(2)
  if (!isRuntime(runtime)) throw new Error(`${runtime} is not one of the runtimes`)
  console.log(JSON.stringify(await report(layer, runtime, simulatorUrl)))
}
