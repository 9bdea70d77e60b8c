/** The real client of a page, whose fetch ends at the proxy in memory. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as BrowserCheapAi from "../src/BrowserCheapAi.js"
import type { Ask } from "./ownServer.js"

const token = Redacted.make("session-of-ann")

/** A page at the proxy with this address. */
export const at = (baseUrl: string, options: Partial<BrowserCheapAi.Options> = {}) =>
  BrowserCheapAi.layer({ baseUrl, token, ...options })

export const over =
  (ask: Ask) =>
  <A, E>(effect: Effect.Effect<A, E, CheapAi.CheapAi>) => {
    const fetch: typeof globalThis.fetch = (input, init) => {
      const { body = null, headers = {}, method = "GET" } = init ?? {}
      return Effect.runPromise(ask(new URL(String(input)).pathname, { body, headers, method }))
    }
    return effect.pipe(Effect.provide(at("https://app.test")), Effect.provideService(FetchHttpClient.Fetch, fetch))
  }
