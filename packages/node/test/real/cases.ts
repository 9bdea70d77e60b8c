/** Cases of one proxy: what a call shows at the client, at the service behind, in its ledger and in the proxy's log. */
import { expect } from "@effect/vitest"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Dubbing from "@effect-cheapai/core/Dubbing"
import * as Upload from "@effect-cheapai/core/Upload"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import type * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Client from "../client.js"
import * as RawServer from "../rawServer.js"
import type { StartError } from "./childServer.js"
import type { Gateway } from "./gateway.js"

/** What stands behind the proxy, and how many requests it saw and charged. */
export interface Service {
  readonly url: string
  readonly arrived: Effect.Effect<number>
  readonly charged: Effect.Effect<number>
}

type Standing = Effect.Effect<Service, SimulatorServer.ListenError, Scope.Scope>

export const simulated = (...faults: ReadonlyArray<Fault.Fault>): Standing =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make()
    yield* simulator.inject(...faults)
    return {
      url,
      arrived: Effect.map(simulator.requests, (requests) => requests.length),
      charged: Effect.map(simulator.ledger, (ledger) => Ledger.charges(ledger).length)
    }
  })

const at = (port: number) => `http://127.0.0.1:${port}`

/** Answers these bytes to whatever comes. */
export const saying = (bytes: string): Standing =>
  Effect.suspend(() => {
    let arrived = 0
    const answer = RawServer.make((socket) => {
      socket.once("data", () => {
        arrived++
        socket.end(bytes)
      })
    })
    return Effect.map(answer, (port) => ({
      url: at(port),
      arrived: Effect.sync(() => arrived),
      charged: Effect.succeed(0)
    }))
  })

/** Nobody listens. */
export const down: Standing = Effect.map(RawServer.closedPort, (port) => ({
  url: at(port),
  arrived: Effect.succeed(0),
  charged: Effect.succeed(0)
}))

export const upload = (bytes: number) =>
  Dubbing.dub({ file: Upload.fromBytes(new Uint8Array(bytes), { name: "talk.mp3" }), targetLang: "de" })

export interface Expected {
  readonly error: Readonly<Record<string, unknown>>
  readonly attempts: number
  readonly arrived: number
  readonly charged: number
  /** The status of each request as the proxy logged it. */
  readonly logged: ReadonlyArray<number>
}

/** Makes a call that fails, ends first the client and then the proxy, and compares. */
export const expectFailure = (
  call: Effect.Effect<unknown, CallError, CheapAi>,
  { gateway, service }: { readonly gateway: Gateway; readonly service: Service },
  expected: Expected,
  options: Partial<NodeCheapAi.Options> = {}
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(call).pipe(Effect.provide(Client.layer(gateway.url, options)), Effect.orDie)
    const log = yield* gateway.log
    // Of the error only what is expected, because a whole one is more than a difference can be shown of.
    const facts = Object.keys(expected.error).map((name) => [name, Reflect.get(error, name)])
    expect({
      error: Object.fromEntries(facts),
      attempts: error.attempts.length,
      arrived: yield* service.arrived,
      charged: yield* service.charged,
      logged: log.map((line) => Number(line.split(" ").at(-1)))
    }).toEqual(expected)
  })

/** A row: its name, what stands behind, what the proxy is told, the call, what is seen. */
export type Case<Told> = readonly [
  string,
  Standing,
  Told,
  Effect.Effect<unknown, CallError, CheapAi>,
  Expected,
  Partial<NodeCheapAi.Options>?
]

/** Runs such a row. */
export const run = <Told>(
  make: (told: Told & { readonly upstream: string }) => Effect.Effect<Gateway, StartError, Scope.Scope>,
  [, standing, told, call, expected, options]: Case<Told>
) =>
  Effect.gen(function* () {
    const service = yield* standing
    const gateway = yield* make({ ...told, upstream: service.url })
    yield* expectFailure(call, { gateway, service }, expected, options)
  })
