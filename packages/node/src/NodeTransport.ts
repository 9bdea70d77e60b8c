/**
 * The `HttpClient` of Node: undici, which reports the moment a request begins to leave. Reads share connections that are
 * kept alive; a `once` request opens its own, because a server may close an idle connection just as a request goes out.
 *
 * @since 0.1.0
 */

import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Multipart from "@effect-cheapai/core/Multipart"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Agent, type Dispatcher } from "undici"
import { codeOf } from "./internal/codeOf.js"
import * as Connecting from "./internal/connecting.js"
import { inflate } from "./internal/inflate.js"
import { reportStart } from "./internal/reportStart.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** For resolving the name, connecting and the TLS handshake. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
}

const defaultConnectTimeout = "10 seconds"

interface Connections {
  readonly agent: Dispatcher
  readonly connecting: Connecting.Connecting
}

const connections = (options: Options, pipelining: 0 | 1): Effect.Effect<Connections, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const connecting = Connecting.make({
        timeout: Duration.toMillis(options.connectTimeout ?? defaultConnectTimeout)
      })
      return { agent: new Agent({ connect: connecting.connect, pipelining }), connecting }
    }),
    ({ agent, connecting }) =>
      Effect.promise(() => {
        connecting.giveUpAll()
        return agent.destroy()
      })
  )

const send = (
  { agent, connecting }: Connections,
  inFlight: Transport.InFlight,
  request: HttpClientRequest
): Effect.Effect<HttpClientResponse, HttpClientError> =>
  Effect.onInterrupt(
    NodeHttpClient.makeUndici(agent.compose(connecting.remember(inFlight), reportStart(inFlight))).execute(request),
    () => Effect.sync(() => connecting.giveUp(inFlight))
  ).pipe(Effect.map(inflate))

const make = (options: Options): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.map(Effect.all({ safe: connections(options, 1), once: connections(options, 0) }), (of) =>
    HttpClient.makeWith<HttpClientError, never, HttpClientError, never>(
      Effect.flatMap((request) =>
        Effect.flatMap(Transport.CurrentRequest, (inFlight) => send(of[inFlight.replay], inFlight, request))
      ),
      Effect.succeed
    )
  )

/**
 * undici's client and what it can prove.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient | Transport.Transport> =>
  Layer.merge(
    Layer.scoped(HttpClient.HttpClient, make(options)),
    Layer.succeed(Transport.Transport, {
      evidence: "not-started",
      codeOf,
      headers: { "accept-encoding": "identity" },
      makeBody: Multipart.toStream
    })
  )
