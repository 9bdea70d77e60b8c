/** A proxy in a process of its own, before the service at the given address. Prints its address; when told to end, its memory. */
import { createServer } from "node:http"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as ReverseProxy from "../../../src/ReverseProxy.js"

const [baseUrl = ""] = process.argv.slice(2)

const proxy = ReverseProxy.layer({
  apiKey: Redacted.make("sk_test_valid"),
  baseUrl,
  routes: [VoiceIsolation.Isolate],
  authorize: () => Effect.succeed({ id: "ann" }),
  onSubmitted: () => Effect.void
}).pipe(Layer.provide(NodeTransport.layer()))

/** The bytes of buffers that somebody still holds. */
let most = 0
const measure = Effect.sync(() => {
  globalThis.gc?.()
  most = Math.max(most, process.memoryUsage().arrayBuffers)
})

process.on("SIGTERM", () => process.stdout.write(`${most}\n`, () => process.exit()))

const server = NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })
const served = HttpServer.serve(ReverseProxy.httpApp).pipe(Layer.provide(proxy), Layer.provideMerge(server))

Effect.gen(function* () {
  const context = yield* Layer.build(served)
  yield* Effect.provide(HttpServer.addressFormattedWith(Console.log), context)
  yield* Effect.forever(Effect.zipRight(measure, Effect.sleep("200 millis")))
}).pipe(Effect.scoped, Effect.runFork)
