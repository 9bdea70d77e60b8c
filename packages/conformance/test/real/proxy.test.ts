/** The proxy where it is mounted as a web handler: Bun, Deno and workers. */
import { createServer } from "node:http"
import { join } from "node:path"
import { describe, expect, layer } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { TestContext } from "vitest"
import * as Connection from "../../../browser/test/connection.js"
import { absent } from "./absent.js"
import type { Bundle } from "./bundle.js"
import { bundle } from "./bundle.js"
import * as Child from "./child.js"
import { targets } from "./runtimes.js"
import * as Worker from "./worker.js"

const path = "v1m/task/music-generation"
const submit = `POST /${path}`
const body = '{"model":"music-2.5","idea":"rain on a tin roof"}'
const json = "content-type: application/json"
const headers = { "content-type": "application/json" }

class Built extends Context.Tag("Built")<Built, Bundle>() {}

const served = targets.filter(({ limits }) => limits === "bun" || limits === "deno" || limits === "workerd")

const port = (child: Effect.Effect.Success<ReturnType<typeof Child.start>>) =>
  Effect.async<string, Child.ChildError>((resume) => {
    child.stdout?.once("data", (line: Buffer) => resume(Effect.succeed(String(line).trim())))
    child.once("close", (code) => resume(new Child.ChildError({ message: `The proxy ended with ${code}` })))
  })

/** The first id that is posted to it. */
const listener = Effect.gen(function* () {
  const told = yield* Deferred.make<string>()
  const server = createServer(({ url = "" }, response) => {
    Deferred.unsafeDone(told, Effect.succeed(url.slice(1)))
    response.end()
  })
  const url = yield* Effect.acquireRelease(
    Effect.async<string>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(`http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`))
      })
    }),
    () => Effect.sync(() => [server.close(), server.closeAllConnections()])
  )
  return { url, told: Deferred.await(told) }
})

interface Proxied {
  readonly address: string
  readonly simulator: Simulator.Simulator
  readonly told: Effect.Effect<string>
}

const start = ({ command = [], entry }: (typeof served)[number]) =>
  Effect.gen(function* () {
    const built = yield* Built
    const { simulator, url } = yield* SimulatorServer.make()
    const { told, url: toldUrl } = yield* listener
    if (entry === "worker") {
      const bindings = { simulator: url, told: toldUrl }
      const address = yield* Worker.start(command.join(" "), built, "proxyWorker", bindings)
      return { address, simulator, told }
    }
    const started = [...command, join(built.folder, "proxyServer.mjs"), url, toldUrl]
    const child = yield* Child.start(started, ["ignore", "pipe", "ignore"])
    return { address: `http://127.0.0.1:${yield* port(child)}`, simulator, told }
  })

const chargedIds = ({ simulator }: Proxied) =>
  Effect.map(simulator.ledger, (ledger) => Ledger.charges(ledger).map(({ taskId }) => taskId))

const arrived = ({ simulator }: Proxied) =>
  Effect.map(simulator.requests, (requests) => requests.map(({ phase }) => phase))

const read = ({ address }: Proxied) => Effect.promise(() => fetch(`${address}/v1/credits`))

type Test = (proxied: Proxied) => Effect.Effect<void, unknown, Scope.Scope>

const tests: ReadonlyArray<readonly [string, Test]> = [
  [
    "passes on a read",
    (proxied) =>
      Effect.gen(function* () {
        const response = yield* read(proxied)
        expect(response.status).toBe(200)
        expect(yield* Effect.promise(() => response.json())).toMatchObject({ credits: 100_000 })
      })
  ],
  [
    "passes on a submit, and tells of the paid task",
    (proxied) =>
      Effect.gen(function* () {
        const response = yield* Effect.promise(() =>
          fetch(`${proxied.address}/${path}`, { method: "POST", headers, body })
        )
        expect(response.status).toBe(200)
        const { task_id } = yield* Effect.promise(() => response.json())
        expect(yield* chargedIds(proxied)).toEqual([task_id])
        expect(yield* proxied.told).toBe(task_id)
      })
  ],
  [
    "refuses a body without a length that is too large",
    (proxied) =>
      Effect.gen(function* () {
        const page = yield* Connection.to(proxied.address)
        page.write(Connection.head(proxied.address, path, json, "transfer-encoding: chunked"))
        page.write(Connection.chunk(200_000))
        page.write("0\r\n\r\n")
        const [line] = yield* page.answer
        expect(line).toContain(" 413 ")
        expect(yield* arrived(proxied)).toEqual([])
      })
  ],
  [
    "does not pass on a body that breaks off, and goes on",
    (proxied) =>
      Effect.gen(function* () {
        const page = yield* Connection.to(proxied.address)
        page.write(Connection.head(proxied.address, path, json, `content-length: ${body.length}`))
        page.write(body.slice(0, 20))
        yield* Effect.sleep("200 millis")
        yield* page.leave
        expect((yield* read(proxied)).status).toBe(200)
        expect(yield* arrived(proxied)).toEqual(["read"])
      })
  ],
  [
    "tells of a task whose page has gone",
    (proxied) =>
      Effect.gen(function* () {
        yield* proxied.simulator.inject(Fault.drip(submit, { pause: "100 millis" }))
        const page = yield* Connection.to(proxied.address)
        page.write(Connection.head(proxied.address, path, json, `content-length: ${body.length}`))
        page.write(body)
        const ids = yield* chargedIds(proxied).pipe(
          Effect.delay("5 millis"),
          Effect.repeat({ until: (ids) => ids.length === 1 })
        )
        yield* page.leave
        expect([yield* proxied.told]).toEqual(ids)
      })
  ]
]

const run = (target: (typeof served)[number], test: Test, context: TestContext) =>
  target.command === undefined
    ? absent(context, `${target.name} CAN'T BE RUN HERE: it is not installed`)
    : Effect.flatMap(start(target), test)

describe("the proxy", () => {
  layer(Layer.scoped(Built, bundle), { excludeTestServices: true, timeout: 60_000 })((it) => {
    for (const target of served) {
      for (const [what, test] of tests) {
        it.scoped(`on ${target.name} ${what}`, (context) => run(target, test, context))
      }
    }
  })
})
