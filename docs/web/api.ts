/** What stands behind the page: the proxy to the service under `/api/cheapai`, and the demo's own calls. */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as ReverseProxy from "@effect-cheapai/browser/ReverseProxy"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type { Simulator } from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Books } from "./books.js"
import { plans } from "./plans.js"
import { allowed, choices } from "./routes.js"

/** Everybody who opens the demo is its one visitor; the key is one that only the simulator knows. */
export const proxy = (simulatorUrl: string) =>
  ReverseProxy.layer({
    apiKey: Redacted.make("sk_test_valid"),
    baseUrl: simulatorUrl,
    routes: allowed,
    authorize: () => Effect.succeed({ id: "visitor" })
  }).pipe(Layer.provide(NodeTransport.layer()))

const submitRoutes = new Set(choices.map(({ route }) => route.key))

const booksOf = ({ ledger, requests }: Simulator) =>
  Effect.zipWith(
    ledger,
    requests,
    (all, arrivals): Books => ({
      submits: arrivals.filter(({ route }) => route !== undefined && submitRoutes.has(route)).length,
      charges: Ledger.charges(all).length,
      charged: Ledger.charged(all),
      refunded: Ledger.refunded(all)
    })
  )

const choose = (simulator: Simulator, id: string | undefined) => {
  const plan = plans.find((one) => one.id === id)
  if (plan === undefined) return Effect.succeed(HttpServerResponse.empty({ status: 404 }))
  return simulator.reset.pipe(Effect.zipRight(simulator.inject(plan.faults)), Effect.as(HttpServerResponse.empty()))
}

export const make = (simulator: Simulator) =>
  HttpRouter.empty.pipe(
    HttpRouter.put(
      "/api/demo/plan/:id",
      Effect.flatMap(HttpRouter.params, ({ id }) => choose(simulator, id))
    ),
    HttpRouter.get("/api/demo/books", Effect.flatMap(booksOf(simulator), HttpServerResponse.schemaJson(Books))),
    HttpRouter.mountApp("/api/cheapai", ReverseProxy.httpApp)
  )
