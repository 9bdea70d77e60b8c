/** A reply from another origin shows a page only the headers that its server names (Fetch standard, CORS filtered response). */

import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Effect from "effect/Effect"

/** No redirect is followed, so a reply is of the origin that was asked. */
const isOfAnotherOrigin = ({ url }: HttpClientRequest): boolean =>
  globalThis.location !== undefined && URL.canParse(url) && new URL(url).origin !== globalThis.location.origin

/** The list of names is seen only where it names itself, or is a star, which names all. */
const names = ["retry-after", "retry-after-ms", "access-control-expose-headers"]

const mayHide = ({ headers, request }: HttpClientResponse): boolean =>
  isOfAnotherOrigin(request) && !names.some((name) => name in headers)

export const notingHidden = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (effect) =>
    Effect.tap(effect, (response) =>
      Effect.map(Transport.CurrentRequest, (inFlight) => {
        if (mayHide(response)) inFlight.headersHidden = true
      })
    )
  )
