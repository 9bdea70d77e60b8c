import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Prices from "@effect-cheapai/simulator/Prices"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { voiceIsolation, voiceSpeech } from "./generations.js"
import { body, get, jsonOf, MUSIC, music, POLL, postForm, status } from "./requests.js"

const origin = "https://files.simulator.test"

describe("fileLifetime", () => {
  const audioUrl = (simulator: Simulator.Simulator) =>
    Effect.map(simulator.handle(get("/v1/task/task_000001")), (reply) => String(jsonOf(reply).metadata.audio_url))

  const read = (simulator: Simulator.Simulator, url: string) =>
    Effect.map(simulator.handle(get(url.slice(origin.length), null)), status)

  it.effect("a URL ends its time after the poll that gave it, and the next poll gives a fresh one", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ fileLifetime: "10 seconds", taskDuration: "1 second" })
      yield* simulator.handle(voiceSpeech.send())
      yield* TestClock.adjust("5 seconds")
      const first = yield* audioUrl(simulator)
      expect(first).toBe(`${origin}/files/task_000001.wav?expires=15000`)
      yield* TestClock.adjust("9999 millis")
      expect(yield* read(simulator, first)).toBe(200)
      const second = yield* audioUrl(simulator)
      yield* TestClock.adjust("1 millis")
      expect(yield* read(simulator, first)).toBe(403)
      expect(second).toBe(`${origin}/files/task_000001.wav?expires=24999`)
      expect(yield* read(simulator, second)).toBe(200)
    })
  )

  it.effect.each(["", "?expires=", "?expires=never", "?expires=-1", "?expires=16001", "?expires=1e9"])(
    "a URL that was not given out is a 403: %j",
    (query) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator.make({ fileLifetime: "10 seconds" })
        yield* simulator.handle(voiceSpeech.send())
        yield* TestClock.adjust("6 seconds")
        expect(yield* read(simulator, `${origin}/files/task_000001.wav${query}`)).toBe(403)
        expect(yield* read(simulator, `${origin}/files/task_000001.wav?expires=16000`)).toBe(200)
      })
  )

  it.effect("covers an output at the root and the sample of a voice", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ fileLifetime: 1, taskDuration: 0, isolationOutput: "root" })
      yield* simulator.handle(voiceIsolation.send())
      const task = jsonOf(yield* simulator.handle(get("/v1/task/task_000001")))
      expect(task.output_uri).toMatch(/\?expires=1$/)
      yield* simulator.handle(postForm("/v1m/voice/clone", { file: new Uint8Array(1) }))
      const { data } = jsonOf(yield* simulator.handle(get("/v1m/voice/clone")))
      expect(data[0].sample_audio).toMatch(/\?expires=1$/)
    })
  )

  it.effect("by default a URL is good for ever, whatever its query", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.handle(voiceSpeech.send())
      yield* TestClock.adjust("1000 days")
      const url = yield* audioUrl(simulator)
      expect(url).toBe(`${origin}/files/task_000001.wav`)
      expect(yield* read(simulator, `${url}?expires=1`)).toBe(200)
    })
  )
})

describe("pollsPerSecond", () => {
  const poll = get("/v1/task/task_000001")

  const polls = (simulator: Simulator.Simulator, count: number) =>
    Effect.map(Effect.replicateEffect(simulator.handle(poll), count), (replies) => replies.map(status))

  it.effect("more within any one second are a 429 for pace; those refused don't count", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ pollsPerSecond: 2 })
      yield* simulator.handle(voiceSpeech.send())
      expect(yield* polls(simulator, 1)).toEqual([200])
      yield* TestClock.adjust("600 millis")
      expect(yield* polls(simulator, 3)).toEqual([200, 429, 429])
      yield* TestClock.adjust("399 millis")
      expect(yield* polls(simulator, 1)).toEqual([429])
      yield* TestClock.adjust("1 millis")
      expect(yield* polls(simulator, 2)).toEqual([200, 429])
      yield* TestClock.adjust("10 seconds")
      expect(yield* polls(simulator, 3)).toEqual([200, 200, 429])
    })
  )

  it.effect("says so in words of pace, without Retry-After", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ pollsPerSecond: 0 })
      const reply = yield* simulator.handle(poll)
      expect(jsonOf(reply)).toEqual({ success: false, error: "Too many requests: at most 0 polls a second" })
      expect(reply.head?.headers).not.toHaveProperty("retry-after")
    })
  )

  it.effect("counts polls of any task together, and nothing else", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ pollsPerSecond: 1 })
      yield* simulator.inject(Fault.drop(POLL))
      yield* polls(simulator, 1)
      expect(status(yield* simulator.handle(get("/v1/task/task_000009")))).toBe(404)
      expect(yield* polls(simulator, 1)).toEqual([429])
      for (const target of ["/v1/credits", "/v1m/voice/clone", "/v1i/models"]) {
        expect(status(yield* simulator.handle(get(target)))).toBe(200)
      }
    })
  )

  it.effect("a key that is none is told so first", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ pollsPerSecond: 0 })
      expect(status(yield* simulator.handle(get("/v1/task/task_000001", null)))).toBe(401)
    })
  )

  it.effect("by default all are answered", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.handle(voiceSpeech.send())
      expect(new Set(yield* polls(simulator, 1000))).toEqual(new Set([200]))
    })
  )
})

describe("prices", () => {
  it.effect("a kind that is not told keeps its default", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ prices: { image: 1 } })
      yield* simulator.handle(music())
      yield* simulator.handle(voiceSpeech.send())
      const charged = Ledger.charges(yield* simulator.ledger).map(({ credits }) => credits)
      expect(charged).toEqual([1188, Prices.defaults.voiceSpeech])
    })
  )
})

describe("many tasks", () => {
  it.live(
    "ten thousand, half of which fail, with webhooks, are submitted and polled in seconds",
    () =>
      Effect.gen(function* () {
        const count = 10_000
        const simulator = yield* Simulator.make({ credits: 1e9 })
        yield* simulator.inject(Fault.taskFails(MUSIC, "no", { times: count / 2 }))
        const request = music({ ...body, receive_url: "https://a.test" })
        const started = performance.now()
        for (let number = 1; number <= count; number++) {
          yield* simulator.handle(request)
          yield* simulator.handle(get(`/v1/task/task_${String(number).padStart(6, "0")}`))
        }
        expect(performance.now() - started).toBeLessThan(10_000)
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(count)
      }),
    30_000
  )

  it.effect(
    "ten thousand refunds that fall due at once are all booked",
    () =>
      Effect.gen(function* () {
        const count = 10_000
        const simulator = yield* Simulator.make({ credits: 1e9 })
        yield* simulator.inject(Fault.taskFails(MUSIC, "no", { times: count }))
        const request = music()
        for (let number = 0; number < count; number++) yield* simulator.handle(request)
        yield* TestClock.adjust("6 seconds")
        expect(jsonOf(yield* simulator.handle(get("/v1/credits"))).credits).toBe(1e9)
        expect(Ledger.refunds(yield* simulator.ledger)).toHaveLength(count)
      }),
    30_000
  )
})
