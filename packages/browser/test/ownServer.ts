/** A proxy for tests: what it lists, who may call it, and its two faces, a web handler and a server on a port. */
import { createServer } from "node:http"
import * as HttpApp from "@effect/platform/HttpApp"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Account from "@effect-cheapai/core/Account"
import { UnauthorizedError } from "@effect-cheapai/core/CheapAiError"
import * as Image from "@effect-cheapai/core/Image"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as ReverseProxy from "../src/ReverseProxy.js"

/** One that the simulator knows. */
export const key = "sk_test_valid"

export const routes = [
  Account.Credits,
  Task.Get,
  Music.Generate,
  VoiceIsolation.Isolate,
  TextToSpeech.Voice,
  Image.Price
]

export type Options = ReverseProxy.Options<ReverseProxy.Caller>

/** `Authorization: Bearer session-of-<id>`. */
export const authorize: Options["authorize"] = ({ headers }) => {
  const id = /^Bearer session-of-(\w+)$/.exec(headers.authorization ?? "")?.[1]
  return id === undefined
    ? Effect.fail(new UnauthorizedError({ message: "Sign in first.", reason: "missing" }))
    : Effect.succeed({ id })
}

export const layer = (options: Partial<Options> = {}) =>
  ReverseProxy.layer({ apiKey: Redacted.make(key), baseUrl: "https://api.cheapai.test", routes, authorize, ...options })

export type Ask = (path: string, init?: RequestInit & { readonly duplex?: "half" }) => Effect.Effect<Response>

const session = { authorization: "Bearer session-of-ann" }

/** Asks the proxy in memory, as ann unless told otherwise. Its handler has a runtime of its own, and logs nothing there. */
export const inMemory = (
  upstream: Layer.Layer<HttpClient.HttpClient, ConfigError>,
  options: Partial<Options> = {},
  log: Layer.Layer<never> = Logger.remove(Logger.defaultLogger)
): Effect.Effect<Ask, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        HttpApp.toWebHandlerLayer(ReverseProxy.httpApp, Layer.provide(layer(options), Layer.merge(upstream, log)))
      ),
      ({ dispose }) => Effect.promise(dispose)
    ),
    ({ handler }): Ask =>
      (path, init) =>
        Effect.promise(() => handler(new Request(`https://app.test${path}`, { headers: session, ...init })))
  )

/** The proxy on a port of this machine, under a path of its own: the `baseUrl` of a page. */
export const onAPort = (
  upstream: Layer.Layer<HttpClient.HttpClient, ConfigError>,
  options: Partial<Options> = {},
  app: typeof ReverseProxy.httpApp = ReverseProxy.httpApp
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = createServer()
    const router = HttpRouter.empty.pipe(HttpRouter.mountApp("/api/cheapai", app))
    const served = HttpServer.serve(router, HttpMiddleware.logger).pipe(
      Layer.provide(Layer.provide(layer(options), upstream)),
      Layer.provideMerge(NodeHttpServer.layer(() => server, { host: "127.0.0.1", port: 0 }))
    )
    const context = yield* Layer.build(served)
    // A page that left before its first request has a connection that Node does not count as idle.
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    return `${yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), context)}/api/cheapai`
  }).pipe(Effect.orDie)
