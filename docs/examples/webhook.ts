/** A server of one's own that receives webhooks, beside one's own routes; a notification wakes whoever awaits its task. */
import { createServer } from "node:http"
import { HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { CheapAi, SoundEffect, Task, Webhook } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Duration, Effect, Layer, Redacted } from "effect"

const received = Effect.tap(Webhook.httpApp, ({ status }) => Console.log(`a notification came, answered ${status}`))

const router = HttpRouter.empty.pipe(
  HttpRouter.get("/health", HttpServerResponse.text("up")),
  HttpRouter.post("/hooks/cheapai/:token", received)
)

const sound = Effect.gen(function* () {
  const task = yield* SoundEffect.generate({ text: "rain on a tin roof" })
  yield* Console.log("submitted")
  const [waited, { creditCost }] = yield* Effect.timed(Task.await(task))
  // Without a notification the first poll comes after a second at the earliest.
  const woken = Duration.lessThan(waited, "1 second")
  yield* Console.log(`${woken ? "woken by it" : "polled"}: done for ${creditCost} credits`)
}).pipe(CheapAi.tapAttempt(({ route }) => (route === Task.Get.key ? Console.log("the task was fetched") : Effect.void)))

const server = NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })

// In production an address that the service can reach: `publicUrl: "https://example.com/hooks/cheapai"`.
const webhook = Layer.unwrapEffect(
  HttpServer.addressFormattedWith((origin) => Effect.succeed(Webhook.layer({ publicUrl: `${origin}/hooks/cheapai` })))
)

const service = Layer.unwrapScoped(
  Effect.map(SimulatorServer.make({ taskDuration: "300 millis" }), ({ url }) =>
    NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url })
  )
)

const app = HttpServer.serve(router).pipe(Layer.provideMerge(webhook), Layer.provide(server))

NodeRuntime.runMain(Effect.provide(sound, Layer.merge(app, service)))
