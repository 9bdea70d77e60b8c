/** The simulator on a port: it carries a request out at once, and answers when the test lets it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Record from "effect/Record"
import type * as Scope from "effect/Scope"
import * as Counter from "./counter.js"
import * as RawServer from "./rawServer.js"

export interface HeldSimulator {
  readonly url: string
  readonly simulator: Simulator.Simulator
  /** Waits until so many requests have been carried out. */
  readonly carriedOut: (count: number) => Effect.Effect<void>
  /** Sends the replies that were held; later ones go out at once. */
  readonly letGo: Effect.Effect<void>
}

const receive = (message: IncomingMessage): Effect.Effect<Wire.WireRequest> =>
  Effect.promise(async () => {
    const chunks: Array<Uint8Array> = []
    for await (const chunk of message) chunks.push(chunk)
    const { headers, method = "", url: target = "" } = message
    return { method, target, headers: Record.map(headers, String), body: Wire.join(chunks) }
  })

const write = (response: ServerResponse, { chunks, head }: Wire.WireReply): void => {
  if (head !== undefined) response.writeHead(head.status, { ...head.headers })
  for (const chunk of chunks) response.write(chunk)
  response.end()
}

/** A refusal is not held: it comes while what was taken on still waits. */
const isRefusal = ({ head }: Wire.WireReply): boolean => head !== undefined && head.status >= 400

export const make: Effect.Effect<HeldSimulator, never, Scope.Scope> = Effect.gen(function* () {
  const simulator = yield* Simulator.make()
  const held = yield* Deferred.make<void>()
  const run = yield* FiberSet.makeRuntime<never>()
  const carriedOut = Counter.make()
  const note = Effect.sync(carriedOut.add)
  const server = createServer((message, response) => {
    response.on("error", () => {})
    receive(message).pipe(
      Effect.flatMap(simulator.handle),
      Effect.tap((reply) => (isRefusal(reply) ? Effect.void : Effect.zipRight(note, Deferred.await(held)))),
      Effect.flatMap((reply) => Effect.sync(() => write(response, reply))),
      run
    )
  })
  const port = yield* RawServer.listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    simulator,
    carriedOut: carriedOut.reached,
    letGo: Effect.asVoid(Deferred.succeed(held, undefined))
  }
})
