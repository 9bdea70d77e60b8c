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
          "       0 ms  call 2  POST /v1m/task/music-generation  try 1  200 InvalidResponseError  unknown  started  took 0 ms",
          "       0 ms  call 3  POST /v1m/task/music-generation  try 1  200 success  started  took 0 ms",
          "       0 ms  call 1  POST /v1m/task/music-generation  try 1  401 UnauthorizedError  rejected  started  took 0 ms",
          "       0 ms  call 2  ended: InvalidResponseError, unknown, not-transient",
          "       0 ms  call 3  ended: success",
          "       0 ms  call 1  ended: UnauthorizedError, rejected, not-transient",
          "       0 ms  call 4  POST /v1m/task/music-generation  try 1  200 success  started  took 0 ms",
          "       0 ms  call 5  POST /v1m/task/music-generation  try 1  200 success  started  took 0 ms",
        ]
      `)
      expect((yield* Effect.forEach(seedsTo(8), traceOf)).map(hashOf)).toMatchInlineSnapshot(`
        [
          "421a2dc3f31ac90f",
          "39ca04ca18a25fbc",
          "5f9e8de7550bffee",
          "af384752c5fe18cc",
          "a0f2d29e6536e087",
          "19dccf3d9d1a5769",
          "22e31b22b8f74c0a",
          "06c211e9174fc067",
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
