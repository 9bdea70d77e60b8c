/** One server: the page by Vite, and behind it the proxy and a simulator with a port of its own. */
import { createServer, type Server } from "node:http"
import { fileURLToPath } from "node:url"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer as createVite } from "vite"
import * as Api from "./api.js"

export interface Options {
  /** 0 is any free port. */
  readonly port: number
  readonly taskDuration: Duration.DurationInput
}

const host = "127.0.0.1"

const pages = (server: Server) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      createVite({
        configFile: false,
        root: fileURLToPath(new URL(".", import.meta.url)),
        logLevel: "warn",
        server: { middlewareMode: true, hmr: { server } }
      })
    ),
    (vite) => Effect.promise(() => vite.close())
  )

const listen = (server: Server, port: number) =>
  Effect.async<string, Error>((resume) => {
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(port, host, () => {
      const address = server.address()
      if (address !== null && typeof address === "object") resume(Effect.succeed(`http://${host}:${address.port}`))
    })
  })

const close = (server: Server) =>
  Effect.async<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** Serves until the scope closes; gives the page's address. */
export const serve = ({ port, taskDuration }: Options) =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make({ taskDuration })
    const proxy = yield* Layer.build(Api.proxy(url))
    const api = yield* Effect.provide(NodeHttpServer.makeHandler(Api.make(simulator)), proxy)
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer()),
      close
    )
    const vite = yield* pages(server)
    server.on("request", (request, response) =>
      request.url?.startsWith("/api/") ? api(request, response) : vite.middlewares(request, response)
    )
    return yield* listen(server, port)
  })
