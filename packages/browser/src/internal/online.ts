/** To be offline counts only before a request: afterwards it says nothing of what has left. */

import * as HttpClient from "@effect/platform/HttpClient"
import { RequestError } from "@effect/platform/HttpClientError"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Effect from "effect/Effect"

const offline = { code: "offline" }

export const onlyOnline = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (effect, request) =>
    Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
      if (globalThis.navigator?.onLine !== false) return effect
      inFlight.evidence = "not-started"
      return Effect.fail(new RequestError({ request, reason: "Transport", cause: offline }))
    })
  )

export const codeOf = (cause: unknown) => (cause === offline ? "offline" : "unknown")
