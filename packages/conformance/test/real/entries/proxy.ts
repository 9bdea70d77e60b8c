/** The proxy as a web handler over the runtime's own `fetch`, and where it tells of paid tasks. */
import * as HttpApp from "@effect/platform/HttpApp"
import * as ReverseProxy from "@effect-cheapai/browser/ReverseProxy"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export interface Addresses {
  readonly simulator: string
  /** Each paid task is posted here, its id as the path. */
  readonly told: string
}

export const handlerOf = ({ simulator, told }: Addresses): ((request: Request) => Promise<Response>) =>
  HttpApp.toWebHandlerLayer(
    ReverseProxy.httpApp,
    ReverseProxy.layer({
      apiKey: Redacted.make("sk_test_valid"),
      baseUrl: simulator,
      routes: [Account.Credits, Music.Generate],
      authorize: () => Effect.succeed({ id: "ann" }),
      maxBodySize: 100_000,
      onSubmitted: ({ id }) => Effect.promise(() => fetch(`${told}/${id}`, { method: "POST" }))
    }).pipe(Layer.provide(CheapAi.layerFetchClient))
  ).handler
