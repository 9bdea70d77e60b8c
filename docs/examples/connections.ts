/** A proxy of the environment that refuses, this machine past it, and options that can't work. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { NodeRuntime } from "@effect/platform-node"
import { Account, Music } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Config, ConfigProvider, Console, Effect, Layer, Redacted } from "effect"

/** It lets nobody through. */
const refusingProxy = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
    const server = createServer().on("connect", ({ url }, socket) => {
      console.log(`the proxy was asked for ${url}`)
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

const apiKey = Redacted.make("sk_test_valid")

const inCompany = (certificates: string) =>
  NodeCheapAi.layer({
    apiKey,
    proxy: { url: "http://kim:secret@proxy.example.com:3128", noProxy: ".example.com" },
    ca: certificates
  })

// Every option beside what the environment says.
const patient = NodeCheapAi.layerConfig(
  Config.map(NodeCheapAi.fromEnvironment, (options) => ({ ...options, connectTimeout: "30 seconds" }))
)

const program = Effect.gen(function* () {
  const proxy = yield* refusingProxy
  const { url } = yield* SimulatorServer.make()
  const environment = (baseUrl: string) =>
    Layer.setConfigProvider(
      ConfigProvider.fromMap(
        new Map([
          ["CHEAPAI_API_KEY", "sk_test_valid"],
          ["CHEAPAI_BASE_URL", baseUrl],
          ["HTTPS_PROXY", proxy.url]
        ])
      )
    )

  const submit = Music.generate({ model: "music-2.5", idea: "rain on a tin roof" })
  const service = Layer.provide(NodeCheapAi.layerConfig(), environment("https://api.cheapaiapi.com"))
  yield* submit.pipe(
    Effect.catchTag("TransportError", (error) => Console.log(`${error.code}, ${error.outcome}: ${error.message}`)),
    Effect.provide(service)
  )

  const here = Layer.provide(patient, environment(url))
  yield* Console.log(`past the proxy: ${yield* Effect.provide(Account.credits, here)} credits`)

  const refused = yield* Effect.flip(Effect.provide(Account.credits, inCompany("/etc/ssl/company.pem")))
  yield* Console.log(`a path in place of a certificate: ${String(refused)}`)
})

NodeRuntime.runMain(Effect.scoped(program))
