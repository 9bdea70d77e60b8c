/** A seed is a whole run: the same trace, letter by letter, on each run and on each version of Node. */
import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as SocketsInVirtualTime from "./socketsInVirtualTime.js"
import { seedsTo, song, traceOf } from "./trace/program.js"

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16)

describe("in memory, the trace", { timeout: 120_000 }, () => {
  it.live("is the same text on two runs of each of 50 seeds", () =>
    Effect.gen(function* () {
      const first = yield* Effect.forEach(seedsTo(50), traceOf)
      const second = yield* Effect.forEach(seedsTo(50), traceOf)
      expect(second).toEqual(first)
      expect(new Set(first).size).toBe(50)
    })
  )

  /** Written by Node 20.20.2. Another Node must write the same; another engine or catalogue of faults need not. */
  it.live("is the one that was kept, on every Node", () =>
    Effect.gen(function* () {
      expect((yield* traceOf(2)).split("\n").slice(0, 8)).toMatchInlineSnapshot(`
        [
          "       0 ms  call 2  POST /v1m/task/music-generation  try 1  TransportError closed  unknown  started  took 0 ms",
          "       0 ms  call 2  ended: TransportError, unknown, once-unknown",
          "       0 ms  call 3  POST /v1m/task/music-generation  try 1  200 success  started  took 0 ms",
          "       0 ms  call 1  POST /v1m/task/music-generation  try 1  429 RateLimitedError  rejected  started  took 0 ms",
          "       0 ms  call 3  ended: success",
          "       0 ms  call 4  POST /v1m/task/music-generation  try 1  200 success  started  took 0 ms",
          "       0 ms  call 4  ended: success",
          "     554 ms  call 1  POST /v1m/task/music-generation  try 2 after backoff 554 ms  200 success  started  took 0 ms",
        ]
      `)
      expect((yield* Effect.forEach(seedsTo(8), traceOf)).map(hashOf)).toMatchInlineSnapshot(`
        [
          "6bef99b8aa43b951",
          "49bd77eeb16df5ae",
          "877159846c778d1a",
          "9efded80d4c70eda",
          "340dfc9c1ef8e37b",
          "30b7360bf3e91433",
          "96d85ae815f1a143",
          "b681037a7f4385e7",
        ]
      `)
    })
  )
})

/** What struck the requests that came over real sockets: one program, one request at a time. */
const strikesOf = (seed: number) =>
  Effect.gen(function* () {
    const server = yield* SimulatorServer.make({
      faults: Faults.plan(seed, { rate: 0.4 }),
      taskDuration: 0,
      dripPause: 2
    })
    yield* Effect.exit(Account.credits).pipe(
      Effect.zipRight(Effect.replicateEffect(Effect.exit(song), 3)),
      Effect.provide(SocketsInVirtualTime.layer(server)),
      Effect.provide(Layer.setRandom(Random.make(seed))),
      Effect.provide(VirtualTime.layer())
    )
    const arrivals = yield* server.simulator.requests
    return arrivals.map(({ fault = "no fault", phase }) => `${phase}: ${fault}`)
  }).pipe(Effect.scoped)

describe("on a port, the sequence of faults", { timeout: 120_000 }, () => {
  it.live("is the same on two runs of each of 30 seeds", () =>
    Effect.gen(function* () {
      const run = Effect.forEach(seedsTo(30), strikesOf, { concurrency: 8 })
      const first = yield* run
      expect(yield* run).toEqual(first)
      expect(first.flat().filter((strike) => !strike.endsWith("no fault")).length).toBeGreaterThan(60)
    })
  )
})
