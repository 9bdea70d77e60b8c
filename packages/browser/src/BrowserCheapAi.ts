/**
 * The layer for web pages. A secret key in a page is everybody's key, so the page talks to a server of its own that adds
 * the key, and shows that server its own session.
 *
 * @since 0.1.0
 */

import * as HttpClient from "@effect/platform/HttpClient"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import { isSecretKey } from "@effect-cheapai/core/CheapAiConfig"
import * as Multipart from "@effect-cheapai/core/Multipart"
import * as Transport from "@effect-cheapai/core/Transport"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { notingHidden } from "./internal/hiddenHeaders.js"
import { codeOf, online, onlyOnline } from "./internal/online.js"
import { whenWatched } from "./internal/xhr.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends CheapAiConfig.Settings {
  /** One's own server, absolute or as a path of the page's own: `/api/cheapai`. */
  readonly baseUrl: string
  /** The application's session for its own server; sent behind `Bearer`. */
  readonly token?: Redacted.Redacted | undefined
  /** Lets a secret key stand in `token`: whoever opens the page can read it and spend with it. */
  readonly dangerouslyAllowApiKeyInBrowser?: boolean | undefined
  /**
   * A call of a page that is offline waits for the network within its total time, then sends. Default `false`: each
   * attempt fails at once with the code `"offline"`. Result files don't wait.
   */
  readonly waitForOnline?: boolean | undefined
}

const refused = ConfigError.InvalidData(
  ["token"],
  "is a secret key, and whoever opens the page could spend with it: keep it on your own server, behind a proxy that adds" +
    " it, and give the page that proxy's address as `baseUrl` and, where it asks for one, a session token as `token`;" +
    " or set `dangerouslyAllowApiKeyInBrowser: true` in a page that only you can open"
)

const resolve = (baseUrl: string): string => {
  const page = globalThis.location?.href
  return URL.canParse(baseUrl, page) ? new URL(baseUrl, page).href : baseUrl
}

const ofPage = (fetch: HttpClient.HttpClient): HttpClient.HttpClient => onlyOnline(notingHidden(whenWatched(fetch)))

const opaque =
  "The request failed, and a browser does not tell a page why: a host that is unknown or refuses, a lost connection," +
  " and a server that does not admit this page's origin (CORS) all look alike."

const adapter = {
  evidence: "unknown",
  codeOf,
  sentenceOf: (cause: unknown) => (codeOf(cause) === "unknown" ? opaque : undefined),
  headers: {},
  makeBody: Multipart.toBlob
} as const satisfies Transport.Adapter

/**
 * CheapAI for a page, over fetch. Redirects are not followed. An upload under `CheapAi.onUpload` goes over XMLHttpRequest:
 * to another origin it needs a preflight, and the browser follows a redirect of it, which fails all the same.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<CheapAi.CheapAi, ConfigError.ConfigError> => {
  const { dangerouslyAllowApiKeyInBrowser, token, waitForOnline, ...settings } = options
  if (token !== undefined && isSecretKey(token) && dangerouslyAllowApiKeyInBrowser !== true) {
    return Layer.fail(refused)
  }
  const service = CheapAi.make({ ...settings, baseUrl: resolve(options.baseUrl), credential: token })
  return Layer.scoped(CheapAi.CheapAi, service).pipe(
    Layer.provide(Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, ofPage))),
    Layer.provide(CheapAi.layerFetchClient),
    Layer.provide(Layer.succeed(Transport.Transport, waitForOnline === true ? { ...adapter, ready: online } : adapter))
  )
}
