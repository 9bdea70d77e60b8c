/** Stories over real sockets, in real time: when the client is closed, nothing of it is left. */
import { describe, expect, it } from "@effect/vitest"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import { isTransient } from "@effect-cheapai/core/CheapAiError"
import type * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as ServerSockets from "../../node/test/serverSockets.js"
import * as Perform from "./proof/perform.js"
import * as Story from "./proof/story.js"

/** Milliseconds where a real program has seconds. */
const quick: RetryPolicy.RetryPolicy = Schedule.spaced("5 millis").pipe(
  Schedule.intersect(Schedule.recurs(2)),
  Schedule.whileInput(isTransient)
)
/** Short where a reply does not come; elsewhere a timer that is left would be there for long. */
const timeoutsOf = ({ strikes }: Faults.Plan): CheapAiConfig.Timeouts =>
  strikes.some(({ fault }) => fault.startsWith("stall"))
    ? { attempt: "200 millis", idle: "200 millis", total: "1 second" }
    : { attempt: "1 minute", idle: "1 minute", total: "1 minute" }
const longest = 2500

/** Everybody loses patience in the end, also with a task that never ends. */
const storyOf = (seed: number): Story.Story => {
  const story = Story.make(seed)
  const calls = story.calls.map(({ patience, timeouts, ...call }) => ({
    ...call,
    patience: patience === undefined ? longest : patience / 20
  }))
  return { ...story, calls }
}

const tell = ({ calls, concurrency }: Story.Story) => {
  const notes = Perform.noted()
  return Effect.forEach(calls, (call) => Perform.impatient(notes, call), { concurrency, discard: true })
}

/** Every connection that the client opened ends with it, while the server goes on. */
const closes = (seed: number) =>
  Effect.gen(function* () {
    const faults = Faults.plan(seed, { rate: 0.35, length: 6 })
    const { simulator, url } = yield* SimulatorServer.make({ faults, taskDuration: 0, dripPause: 2 })
    const sockets = yield* ServerSockets.watch(url)
    const apiKey = Redacted.make("sk_test_valid")
    yield* tell(storyOf(seed)).pipe(
      Effect.provide(NodeCheapAi.layer({ apiKey, baseUrl: url, retry: quick, timeouts: timeoutsOf(faults) })),
      Logger.withMinimumLogLevel(LogLevel.None)
    )
    // Node's server closes an idle connection by itself, after 5 seconds.
    if (sockets.accepted() > 0) yield* Effect.timeoutOption(sockets.allClosed, "2 seconds")
    const arrivals = yield* simulator.requests
    expect(Ledger.violations(yield* simulator.ledger, arrivals)).toEqual([])
    return { seed, open: sockets.open(), accepted: sockets.accepted(), struck: arrivals.filter(({ fault }) => fault) }
  }).pipe(Effect.scoped)

/** What keeps this process alive, counted by kind. */
const resources = Effect.sync(() => {
  const count = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) count.set(kind, (count.get(kind) ?? 0) + 1)
  return count
})

/** What has come since, by kind. */
const since = (before: ReadonlyMap<string, number>) =>
  Effect.map(resources, (now) => [...now].filter(([kind, count]) => count > (before.get(kind) ?? 0)))

const seeds = Array.from({ length: 80 }, (_, index) => index + 1)

describe("after 80 plans over sockets", { timeout: 300_000 }, () => {
  it.live("no connection is open, and no socket, server or timer is left", () =>
    Effect.gen(function* () {
      const before = yield* resources
      const ends = yield* Effect.forEach(seeds, closes, { concurrency: 10 })
      expect(ends.filter(({ open }) => open > 0)).toEqual([])
      expect(ends.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThan(100)
      expect(ends.flatMap(({ struck }) => struck).length).toBeGreaterThan(40)
      // Closed sockets leave Node's list in the turns after.
      const left = yield* since(before).pipe(
        Effect.delay("50 millis"),
        Effect.repeat({ until: (kinds) => kinds.length === 0, times: 100 })
      )
      expect(left).toEqual([])
    })
  )
})
