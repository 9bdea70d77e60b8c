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
import type { ConfigError } from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Agent, type Dispatcher } from "undici"
import { codeOf } from "./internal/codeOf.js"
import * as Connecting from "./internal/connecting.js"
import * as Connector from "./internal/connector.js"
import * as HttpProxy from "./internal/httpProxy.js"
import { inflate } from "./internal/inflate.js"
import { sentenceOf } from "./internal/proxyError.js"
import { reportStart } from "./internal/reportStart.js"
import { secureContext } from "./internal/trust.js"
import * as Tunnel from "./internal/tunnel.js"
import type * as NodeProxy from "./NodeProxy.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** For resolving the name, connecting, a tunnel through a proxy and the TLS handshakes. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** Default: none; `NodeProxy.fromEnvironment` reads it from the environment. */
  readonly proxy?: NodeProxy.Options | undefined
  /**
   * Certificates in PEM form, one or several in each text, that are trusted in addition to Node's own: for the service, for
   * hosts of files and for a proxy. `NODE_EXTRA_CA_CERTS` needs no option; on Node before 22.15 it counts only without one.
   */
  readonly ca?: string | ReadonlyArray<string> | undefined
}

const defaultConnectTimeout = "10 seconds"

const connector = ({ ca, connectTimeout, proxy }: Options): Either.Either<Connector.Connector, ConfigError> =>
  Either.gen(function* () {
    const options = {
      timeout: Duration.toMillis(connectTimeout ?? defaultConnectTimeout),
      secureContext: ca === undefined ? undefined : yield* secureContext(ca)
    }
    const direct = Connector.direct(options)
    if (proxy === undefined) return direct
    const tunnel = Tunnel.make(yield* HttpProxy.parse("proxy.url", proxy.url), direct, options)
    const isBypassed = HttpProxy.bypass(proxy.noProxy ?? "")
    return (target, callback) => (isBypassed(target) ? direct : tunnel)(target, callback)
  })

interface Connections {
  readonly agent: Dispatcher
  readonly connecting: Connecting.Connecting
}

const connections = (connect: Connector.Connector, pipelining: 0 | 1): Effect.Effect<Connections, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const connecting = Connecting.make(connect)
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

const make = (options: Options): Effect.Effect<HttpClient.HttpClient, ConfigError, Scope.Scope> =>
  Effect.gen(function* () {
    const connect = yield* connector(options)
    const of = { safe: yield* connections(connect, 1), once: yield* connections(connect, 0) }
    return HttpClient.makeWith<HttpClientError, never, HttpClientError, never>(
      Effect.flatMap((request) =>
        Effect.flatMap(Transport.CurrentRequest, (inFlight) => send(of[inFlight.replay], inFlight, request))
      ),
      Effect.succeed
    )
  })

/**
 * undici's client and what it can prove. A bad proxy address or certificate fails it with a `ConfigError` that says what to
 * change. The environment is not looked at.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<HttpClient.HttpClient | Transport.Transport, ConfigError> =>
  Layer.merge(
    Layer.scoped(HttpClient.HttpClient, make(options)),
    Layer.succeed(Transport.Transport, {
      evidence: "not-started",
      codeOf,
      sentenceOf,
      headers: { "accept-encoding": "identity" },
      makeBody: Multipart.toStream
    })
  )
