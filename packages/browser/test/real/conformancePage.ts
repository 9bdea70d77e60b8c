/** The conformance suite in a page. */
import * as Conformance from "@effect-cheapai/conformance/Conformance"
import { chromiumOnClosing, limits } from "@effect-cheapai/conformance/limits"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as BrowserCheapAi from "../../src/BrowserCheapAi.js"

interface Server {
  readonly simulatorUrl: string
  readonly keepAlive: boolean
}

const page = {
  report: ({ keepAlive, simulatorUrl }: Server): Promise<Conformance.Report> =>
    Conformance.run({
      layer: ({ apiKey, ...options }) =>
        BrowserCheapAi.layer({
          ...options,
          baseUrl: options.baseUrl ?? simulatorUrl,
          token: apiKey,
          dangerouslyAllowApiKeyInBrowser: true
        }),
      simulatorUrl,
      limits: keepAlive ? limits.chromium : chromiumOnClosing
    }).pipe(Logger.withMinimumLogLevel(LogLevel.None), Effect.runPromise)
}

declare global {
  var conformance: typeof page
}

globalThis.conformance = page
