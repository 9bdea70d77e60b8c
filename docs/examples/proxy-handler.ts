/** The proxy as a web handler, for servers that take `(request: Request) => Promise<Response>`, and for pages elsewhere. */
import { HttpApp, HttpMiddleware } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { ReverseProxy } from "@effect-cheapai/browser"
import { Account, CheapAi } from "@effect-cheapai/core"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const proxy = (apiKey: string, baseUrl: string) =>
  ReverseProxy.layer({
    apiKey: Redacted.make(apiKey),
    baseUrl,
    routes: [Account.Credits],
    // Of a session of your own: see proxy.ts.
    authorize: () => Effect.succeed({ id: "everybody" })
  }).pipe(Layer.provide(CheapAi.layerFetchClient))

const app = HttpMiddleware.cors({
  allowedOrigins: ["https://app.example.com"],
  allowedHeaders: ["authorization", "content-type"],
  exposedHeaders: ["retry-after", "retry-after-ms", "x-request-id"]
})(ReverseProxy.httpApp)

const main = Effect.gen(function* () {
  const { url } = yield* SimulatorServer.make()
  const { dispose, handler } = HttpApp.toWebHandlerLayer(app, proxy("sk_test_valid", url))
  const response = yield* Effect.promise(() => handler(new Request("https://example.com/v1/credits")))
  yield* Console.log(`${response.status} ${yield* Effect.promise(() => response.text())}`)
  yield* Console.log(`for pages of ${response.headers.get("access-control-allow-origin")}`)
  yield* Effect.promise(dispose)
})

NodeRuntime.runMain(Effect.scoped(main))
