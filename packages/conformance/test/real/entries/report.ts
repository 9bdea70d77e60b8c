/** The suite as one Promise of plain data, for whoever starts it. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Conformance from "../../../src/Conformance.js"
import { limits, type Runtime } from "../../../src/limits.js"

export const report = (
  layer: Parameters<typeof Conformance.run>[0]["layer"],
  runtime: Runtime,
  simulatorUrl: string
): Promise<Conformance.Report> =>
  Conformance.run({ layer, simulatorUrl, limits: limits[runtime] }).pipe(
    Logger.withMinimumLogLevel(LogLevel.None),
    Effect.runPromise
  )

export const isRuntime = (name: string | null | undefined): name is Runtime =>
  typeof name === "string" && Object.hasOwn(limits, name)
