/** To be offline counts only before a request: afterwards it says nothing of what has left. */

import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Effect from "effect/Effect"

const offline = { code: "offline" }

const isOffline = (): boolean => globalThis.navigator?.onLine === false

export const onlyOnline = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (effect, request) =>
    Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
      if (!isOffline()) return effect
      inFlight.evidence = "not-started"
      return Effect.fail(new RequestError({ request, reason: "Transport", cause: offline }))
    })
  )

/** Ends once the page is online. */
export const online: Effect.Effect<void> = Effect.async((resume) => {
  if (!isOffline()) return resume(Effect.void)
  const heard = new AbortController()
  const options = { once: true, signal: heard.signal }
  globalThis.addEventListener("online", () => resume(Effect.void), options)
  return Effect.sync(() => heard.abort())
})

export const codeOf = (cause: unknown) => (cause === offline ? "offline" : "unknown")
