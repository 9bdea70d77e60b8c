import { openAsBlob } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Script from "@effect-cheapai/testing/Script"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Clock from "effect/Clock"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"

const submit = "POST /v1m/task/music-generation"
const idea = { model: "music-2.5", idea: "rain" }
const song = Effect.flatMap(Music.generate(idea), (task) => Task.await(task))

/** In virtual time, over an account of its own. */
const simulated =
  (options?: Simulated.Options) =>
  <A, E>(
    program: Effect.Effect<A, E, CheapAi.CheapAi | Simulated.Simulator | Script.Recorder>
  ): Effect.Effect<A, E | ConfigError> =>
    program.pipe(Effect.provide(TestCheapAi.layerSimulator(options)), Effect.provide(VirtualTime.layer()))

const inject = (...faults: ReadonlyArray<Fault.Fault>) =>
  Effect.flatMap(Simulated.Simulator, (simulator) => simulator.inject(...faults))

const charges = Effect.map(
  Effect.flatMap(Simulated.Simulator, (simulator) => simulator.ledger),
  (ledger) => Ledger.charges(ledger).length
)

describe("a reply that takes its time", () => {
  const slow: Simulated.Options = { latency: "2 seconds" }

  it.live("comes when that is over", () =>
    Effect.gen(function* () {
      const before = yield* Clock.currentTimeMillis
      yield* Account.credits
      expect((yield* Clock.currentTimeMillis) - before).toBe(2000)
    }).pipe(simulated(slow))
  )

  it.live("is of a request that was carried out: its task reaches who keeps tasks, though the caller has gone", () =>
    Effect.gen(function* () {
      const kept: Array<string> = []
      yield* Effect.timeoutOption(Music.generate(idea), "1 second").pipe(
        CheapAi.onSubmitted(({ id }) => Effect.sync(() => kept.push(id)))
      )
      expect([yield* charges, kept]).toEqual([1, []])
      yield* Effect.sleep("1 second")
      expect(kept).toEqual(["task_000001"])
    }).pipe(simulated(slow))
  )
})

describe("a whole program", () => {
  it.live("awaits a task of ten minutes and downloads its file", () =>
    Effect.gen(function* () {
      const { taskId, tracks } = yield* song
      const now = yield* Clock.currentTimeMillis
      expect(now).toBeGreaterThanOrEqual(600_000)
      expect(now).toBeLessThan(620_000)
      const bytes = yield* Stream.runFold(Download.stream(tracks[0].audioUrl), 0, (sum, chunk) => sum + chunk.length)
      expect(bytes).toBeGreaterThan(0)
      const simulator = yield* Simulated.Simulator
      expect(Ledger.charges(yield* simulator.ledger)).toMatchObject([{ route: submit, taskId }])
      expect((yield* simulator.requests).filter(({ route }) => route === submit)).toHaveLength(1)
    }).pipe(simulated({ simulator: { taskDuration: "10 minutes" } }))
  )

  it.live("leaves a record of what was sent, request by request, without the key", () =>
    Effect.gen(function* () {
      yield* inject(Fault.reply(submit, Fault.serviceUnavailable))
      yield* song
      const { requests } = yield* Simulated.Simulator
      const { sent } = yield* Script.Recorder
      const all = yield* sent
      expect(all.map(({ at, method, target }) => [at, method, target])).toEqual(
        (yield* requests).map(({ at, method, target }) => [at, method, target])
      )
      expect(all.slice(0, 2).map(({ body }) => JSON.parse(body))).toEqual([idea, idea])
      expect(all[0]?.headers.authorization).toBe("Bearer <redacted>")
    }).pipe(simulated())
  )

  it.effect("runs under TestClock as well", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(song)
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(fiber)).taskId).toBe("task_000001")
      expect(yield* charges).toBe(1)
    }).pipe(Effect.provide(TestCheapAi.layerSimulator()))
  )

  it.live("uploads a file's blob, which the runtime reads in its own time", () =>
    Effect.gen(function* () {
      const blob = yield* Effect.promise(() => openAsBlob(fileURLToPath(import.meta.url)))
      const file = Upload.fromBlob(blob, { name: "talk.mp3" })
      const task = yield* SpeechToText.transcribe({ file })
      expect(yield* Clock.currentTimeMillis).toBe(0)
      expect((yield* Task.await(task)).taskId).toBe(task.id)
    }).pipe(simulated())
  )

  it.live("many at once, each on its own timeline", () =>
    Effect.gen(function* () {
      yield* inject(
        Fault.drop("GET /v1/task/{task_id}", { times: 30 }),
        Fault.reply(submit, Fault.nginx502, { skip: 5 })
      )
      const results = yield* Effect.forEach(Array.from({ length: 40 }), () => Effect.either(song), {
        concurrency: "unbounded"
      })
      expect(results.filter(({ _tag }) => _tag === "Left")).toHaveLength(1)
      expect(yield* charges).toBe(39)
    }).pipe(simulated())
  )
})

describe("delays are seen at exact times", () => {
  const arrivals = Effect.gen(function* () {
    const simulator = yield* Simulated.Simulator
    return (yield* simulator.requests).map(({ at }) => at)
  })
  const retry = Schedule.exponential("1 second").pipe(Schedule.intersect(Schedule.recurs(3)))

  it.live("back-off", () =>
    Effect.gen(function* () {
      yield* inject(Fault.reply(submit, Fault.serviceUnavailable, { times: 3 }))
      yield* Music.generate(idea)
      expect(yield* arrivals).toEqual([0, 1000, 3000, 7000])
    }).pipe(simulated({ retry }))
  )

  it.live("Retry-After", () =>
    Effect.gen(function* () {
      yield* inject(Fault.reply(submit, Fault.tooManyRequests(30)))
      const asked = RetryPolicy.honourRetryAfter({ atMost: "1 minute" })(retry)
      yield* Music.generate(idea).pipe(CheapAi.withRetryPolicy(asked))
      expect(yield* arrivals).toEqual([0, 31_000])
    }).pipe(simulated())
  )

  it.live("an attempt's time, and the call's", () =>
    Effect.gen(function* () {
      yield* inject(Fault.stall("GET /v1/credits", { times: 9 }))
      const error = yield* Account.credits.pipe(
        CheapAi.withTimeouts({ attempt: "3 seconds", total: "5 seconds" }),
        Effect.flip
      )
      expect(yield* arrivals).toEqual([0, 4000])
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total" })
      expect(yield* Clock.currentTimeMillis).toBe(5000)
    }).pipe(simulated({ retry }))
  )
})

describe("evidence", () => {
  const noRetry = { retry: RetryPolicy.none }
  const lost: ReadonlyArray<readonly [string, Fault.Fault, number]> = [
    ["the connection is reset after the charge", Fault.drop(submit, { booked: true }), 1],
    ["the connection is reset before the charge", Fault.drop(submit), 0],
    ["the reply breaks off", Fault.cut(submit), 1],
    ["the reply never comes", Fault.stall(submit, { booked: true }), 1],
    ["a gateway answers instead", Fault.reply(submit, Fault.nginx502, { booked: true }), 1]
  ]
  for (const [name, fault, charged] of lost) {
    it.live(`is "started" when ${name}`, () =>
      Effect.gen(function* () {
        yield* inject(fault)
        const error = yield* Effect.flip(Music.generate(idea))
        expect(error).toMatchObject({ outcome: "unknown", attempts: [{ evidence: "started" }] })
        expect(yield* charges).toBe(charged)
      }).pipe(simulated(noRetry))
    )
  }

  for (const code of ["refused", "reset", "dns"] as const) {
    it.live(`is "not-started" when the connection fails first (${code})`, () =>
      Effect.gen(function* () {
        const simulator = yield* Simulated.Simulator
        yield* simulator.refuse({ code })
        const error = yield* Effect.flip(Music.generate(idea))
        expect(error).toMatchObject({ _tag: "TransportError", code, outcome: "not-sent" })
        expect(error.attempts).toMatchObject([{ evidence: "not-started" }])
        expect(yield* simulator.requests).toEqual([])
        yield* Music.generate(idea)
        expect(yield* charges).toBe(1)
      }).pipe(simulated(noRetry))
    )
  }

  it.live('is "not-started" for a request whose caller left before it arrived', () =>
    Effect.gen(function* () {
      const slow = Stream.fromSchedule(Schedule.spaced("1 second")).pipe(
        Stream.take(5),
        Stream.map(() => new Uint8Array(10))
      )
      const file = Upload.fromStream(slow, { name: "a.mp3", size: 50 })
      yield* SpeechToText.transcribe({ file }).pipe(Effect.timeoutOption("2500 millis"))
      yield* Effect.sleep("1 minute")
      expect(yield* Effect.flatMap(Simulated.Simulator, (simulator) => simulator.requests)).toEqual([])
    }).pipe(simulated())
  )
})

describe("no paid task is lost", () => {
  it.live("at whatever step its caller leaves", () =>
    Effect.gen(function* () {
      const told = yield* Ref.make<ReadonlyArray<string>>([])
      for (let steps = 0; steps < 30; steps++) {
        const bytes = Stream.repeatEffect(Effect.as(Effect.yieldNow(), new Uint8Array(1))).pipe(Stream.take(5))
        yield* SpeechToText.transcribe({ file: Upload.fromStream(bytes, { name: "a.mp3", size: 5 }) }).pipe(
          CheapAi.onSubmitted(({ id }) => Ref.update(told, (all) => [...all, id])),
          Effect.raceFirst(Effect.repeatN(Effect.yieldNow(), steps))
        )
      }
      yield* Effect.sleep("2 minutes")
      const { ledger } = yield* Simulated.Simulator
      const charged = Ledger.charges(yield* ledger).map(({ taskId }) => taskId)
      expect(charged.length).toBeGreaterThan(0)
      expect(charged.length).toBeLessThan(30)
      expect(yield* Ref.get(told)).toEqual(charged)
    }).pipe(simulated())
  )

  it.live("a task that fails is refunded", () =>
    Effect.gen(function* () {
      yield* inject(Fault.taskFails(submit, "refused"))
      const error = yield* Effect.flip(song)
      expect(error._tag).toBe("TaskFailedError")
      const { ledger } = yield* Simulated.Simulator
      expect(Ledger.balance(yield* ledger)).toBe(500_000)
    }).pipe(simulated({ simulator: { credits: 500_000 } }))
  )
})

describe("the layer", () => {
  it.live("gives each program an account of its own", () =>
    Effect.gen(function* () {
      const layer = TestCheapAi.layerSimulator()
      const once = Effect.zipRight(Music.generate(idea), charges)
      expect(yield* Effect.provide(once, layer)).toBe(1)
      expect(yield* Effect.provide(once, layer)).toBe(1)
    })
  )

  it.live("takes the settings of the client and of the account", () =>
    Effect.gen(function* () {
      expect(yield* Account.credits).toBe(7)
      const error = yield* Effect.flip(Music.generate(idea))
      expect(error).toMatchObject({ _tag: "InsufficientBalanceError", outcome: "rejected" })
    }).pipe(simulated({ baseUrl: "https://elsewhere.example", simulator: { credits: 7 } }))
  )
})
