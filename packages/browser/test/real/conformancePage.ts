/** The conformance suite in a page. */
import * as Conformance from "@effect-cheapai/conformance/Conformance"
import { limits } from "@effect-cheapai/conformance/limits"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as BrowserCheapAi from "../../src/BrowserCheapAi.js"

const page = {
  report: (simulatorUrl: string): Promise<Conformance.Report> =>
    Conformance.run({
      layer: ({ apiKey, ...options }) =>
        BrowserCheapAi.layer({
          ...options,
          baseUrl: options.baseUrl ?? simulatorUrl,
          token: apiKey,
          dangerouslyAllowApiKeyInBrowser: true
        }),
      simulatorUrl,
      limits: limits.chromium
    }).pipe(Logger.withMinimumLogLevel(LogLevel.None), Effect.runPromise)
}

declare global {
  var conformance: typeof page
}

globalThis.conformance = page
