/** A server of one's own for pages: it holds the key, and passes on what it lists. Below it, a page that uses it. */
import { createServer } from "node:http"
import { HttpRouter, HttpServer, type HttpServerRequest } from "@effect/platform"
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { BrowserCheapAi, ReverseProxy } from "@effect-cheapai/browser"
import { Account, CheapAiError, Image, Music, Task } from "@effect-cheapai/core"
import { NodeTransport } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const sessions = new Map([["a-session", { id: "ann" }]])
const signIn = new CheapAiError.UnauthorizedError({ message: "Sign in first.", reason: "missing" })

const owners = new Map<string, string>()
const notYours = new CheapAiError.ForbiddenError({ message: "This task is somebody else's." })

const authorize = ({ headers }: HttpServerRequest.HttpServerRequest, { parameters }: ReverseProxy.Call) =>
  Effect.gen(function* () {
    const caller = sessions.get(headers.authorization?.slice("Bearer ".length) ?? "")
    if (caller === undefined) return yield* signIn
    const task = parameters.task_id
    return task === undefined || owners.get(task) === caller.id ? caller : yield* notYours
  })

// In production without `baseUrl`, and with the key from `CheapAiConfig.fromEnvironment`.
const proxy = (apiKey: string, baseUrl: string) =>
  ReverseProxy.layer({
    apiKey: Redacted.make(apiKey),
    baseUrl,
    routes: [Account.Credits, Music.Generate, Task.Get],
    authorize,
    credits: { limit: () => 4000, costs: { [Music.Generate.key]: ({ n = 3 }: Music.Input) => n * 1188 } },
    onSubmitted: (task, caller) => Effect.sync(() => owners.set(task.id, caller.id))
  }).pipe(Layer.provide(NodeTransport.layer()))

const router = HttpRouter.empty.pipe(HttpRouter.mountApp("/api/cheapai", ReverseProxy.httpApp))

const server = NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })

const page = Effect.gen(function* () {
  yield* Console.log(`page: ${yield* Account.credits} credits in the account`)
  const { tracks } = yield* Task.await(yield* Music.generate({ model: "music-2.5", idea: "rain on a tin roof" }))
  yield* Console.log(`page: ${tracks.length} track`)
  const tooMuch = yield* Effect.flip(Music.generate({ model: "music-2.5", idea: "a choir of frogs", n: 3 }))
  yield* Console.log(`page: ${tooMuch._tag}, ${tooMuch.outcome}: ${tooMuch.message}`)
  const foreign = yield* Effect.flip(Task.await(Task.fromId(Music.Generate, "a-task-of-bob")))
  yield* Console.log(`page: ${foreign._tag}, ${foreign.outcome}: ${foreign.message}`)
  const unlisted = yield* Effect.flip(Image.models)
  yield* Console.log(`page: ${unlisted._tag}, ${unlisted.outcome}: ${unlisted.message}`)
})

const main = Effect.gen(function* () {
  const { url } = yield* SimulatorServer.make({ taskDuration: "1 second" })
  const served = HttpServer.serve(router).pipe(Layer.provide(proxy("sk_test_valid", url)), Layer.provideMerge(server))
  const origin = yield* HttpServer.addressFormattedWith(Effect.succeed).pipe(Effect.provide(yield* Layer.build(served)))
  const token = Redacted.make("a-session")
  yield* Effect.provide(page, BrowserCheapAi.layer({ baseUrl: `${origin}/api/cheapai`, token }))
})

NodeRuntime.runMain(Effect.scoped(main))
