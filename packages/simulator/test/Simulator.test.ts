import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Wav from "@effect-cheapai/simulator/Wav"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { body, get, jsonOf, MUSIC, music, POLL, status, textOf } from "./requests.js"

const refusal = (error: string) => ({ success: false, error })

describe("keys", () => {
  it.effect.each<readonly [string | null, string]>([
    [null, "Missing API key"],
    ["", "Missing API key"],
    ["sk_test_valid", "Authorization header must be: Bearer <API key>"],
    ["Basic sk_test_valid", "Authorization header must be: Bearer <API key>"],
    ["Bearer sk_test_nobody", "Invalid API key"],
    ["Bearer toString", "Invalid API key"],
    ["Bearer sk_test_expired", "API key expired"]
  ])("authorization %j is 401: %s", ([authorization, error]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const headers: Record<string, string> = authorization === null ? {} : { authorization }
      const reply = yield* simulator.handle({ ...get("/v1/credits"), headers })
      expect(status(reply)).toBe(401)
      expect(jsonOf(reply)).toEqual(refusal(error))
    })
  )

  it.effect("over the daily limit: 429 where credits are spent, and only there", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const refused = yield* simulator.handle(music(body, "sk_test_daily"))
      expect(status(refused)).toBe(429)
      expect(jsonOf(refused).error).toMatch(/\bdaily spend limit\b/i)
      expect(status(yield* simulator.handle(get("/v1/credits", "sk_test_daily")))).toBe(200)
    })
  )

  it.effect("forbidden models: 403", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ keys: { sk_a: { forbiddenModels: ["music-2.5"] } } })
      expect(status(yield* simulator.handle(music(body, "sk_a")))).toBe(403)
      expect(status(yield* simulator.handle(music({ ...body, model: "music-2.5+" }, "sk_a")))).toBe(200)
      const other = yield* Simulator.make()
      expect(status(yield* other.handle(music(body, "sk_test_forbidden")))).toBe(403)
    })
  )
})

describe("routes", () => {
  it.effect("an unknown route is a 404 of the service", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      for (const request of [get("/v1/nothing"), { ...get("/v1/credits"), method: "POST" }, get("/v1/credits/")]) {
        const reply = yield* simulator.handle(request)
        expect(status(reply)).toBe(404)
        expect(jsonOf(reply)).toEqual(refusal("Not found"))
      }
    })
  )

  it.effect("credits answers the balance", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ credits: 7 })
      expect(jsonOf(yield* simulator.handle(get("/v1/credits?")))).toEqual({ success: true, credits: 7 })
    })
  )
})

describe("tasks", () => {
  it.effect("a submit charges at once and answers task and balance", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ credits: 5000 })
      const first = yield* simulator.handle(music({ ...body, n: 2 }))
      expect(jsonOf(first)).toEqual({ success: true, task_id: "task_000001", ec_remain_credits: 2624 })
      const second = yield* simulator.handle(music())
      expect(jsonOf(second)).toEqual({ success: true, task_id: "task_000002", ec_remain_credits: 1436 })
      expect(jsonOf(yield* simulator.handle(get("/v1/credits"))).credits).toBe(1436)
      expect(Ledger.balance(yield* simulator.ledger)).toBe(1436)
    })
  )

  it.effect("runs by the clock: doing with growing progress, then done", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ fileOrigin: "http://files.test" })
      yield* simulator.handle(music({ ...body, n: 2, title: "Rain" }))
      const poll = Effect.map(simulator.handle(get("/v1/task/task_000001")), jsonOf)
      const running = {
        id: "task_000001",
        status: "doing",
        progress: 0,
        type: "minimax_music",
        credit_cost: 2376,
        metadata: {},
        created_at: "1970-01-01T00:00:00.000Z",
        error_message: null
      }
      expect(yield* poll).toEqual(running)
      yield* TestClock.adjust("3 seconds")
      expect(yield* poll).toEqual({ ...running, progress: 50 })
      yield* TestClock.adjust("2999 millis")
      expect(yield* poll).toEqual({ ...running, progress: 99 })
      yield* TestClock.adjust("1 millis")
      const track = (number: number) => ({
        audio_url: `http://files.test/files/task_000001-${number}.wav`,
        cover_url: `http://files.test/files/task_000001-${number}.svg`,
        title: "Rain",
        duration: 3600,
        music_id: `task_000001-${number}`
      })
      const metadata = { music_result: { data: [track(1), track(2)] } }
      expect(yield* poll).toEqual({ ...running, status: "done", progress: 100, metadata })
    })
  )

  it.effect("progress does not go below 0 when the clock is set back", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* TestClock.setTime(10_000)
      yield* simulator.handle(music())
      yield* TestClock.setTime(9_000)
      const poll = jsonOf(yield* simulator.handle(get("/v1/task/task_000001")))
      expect(poll).toMatchObject({ status: "doing", progress: 0 })
    })
  )

  it.effect("takes as long as it is told", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ taskDuration: 0 })
      yield* simulator.handle(music())
      expect(jsonOf(yield* simulator.handle(get("/v1/task/task_000001"))).status).toBe("done")
    })
  )

  it.effect("an unknown task is a 404", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const reply = yield* simulator.handle(get("/v1/task/task_000001"))
      expect(status(reply)).toBe(404)
      expect(jsonOf(reply)).toEqual(refusal("Task not found"))
    })
  )

  it.effect("what costs more than is left is a 402 and is not charged; the exact price is accepted", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ credits: 100, prices: { music: 50 } })
      const reply = yield* simulator.handle(music({ ...body, n: 3 }))
      expect(status(reply)).toBe(402)
      expect(jsonOf(reply)).toEqual(refusal("Insufficient balance: 150 credits needed, 100 left"))
      expect(status(yield* simulator.handle(music({ ...body, n: 2 })))).toBe(200)
      expect(Ledger.charged(yield* simulator.ledger)).toBe(100)
    })
  )

  it.effect("concurrent submits are all charged and have tasks of their own", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const replies = yield* Effect.replicateEffect(simulator.handle(music()), 20, { concurrency: "unbounded" })
      expect(new Set(replies.map((reply) => jsonOf(reply).task_id)).size).toBe(20)
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(20)
    })
  )
})

describe("files", () => {
  it.effect("audio and cover can be read without a key once the task is done, not before", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.handle(music({ ...body, n: 2 }))
      const read = (name: string) => simulator.handle(get(`/files/${name}`, null))
      expect(status(yield* read("task_000001-1.wav"))).toBe(404)
      yield* TestClock.adjust("6 seconds")
      const audio = yield* read("task_000001-1.wav")
      expect(audio.head).toEqual({ status: 200, headers: { "content-type": "audio/wav", "content-length": "158804" } })
      expect(Wire.body(audio)).toEqual(Wav.melody())
      expect(Wire.body(yield* read("task_000001-2.wav"))).toEqual(Wav.melody(2))
      const cover = yield* read("task_000001-2.svg")
      expect(cover.head?.headers["content-type"]).toBe("image/svg+xml")
      expect(textOf(cover)).toMatch(/^<svg .*<\/svg>$/)
      expect(status(yield* read("task_000001-3.wav"))).toBe(404)
    })
  )
})

describe("ledger and requests", () => {
  it.effect("the ledger has a line for each charge and each refused billed request", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ credits: 2000 })
      yield* simulator.handle(music())
      yield* TestClock.adjust("1 seconds")
      yield* simulator.handle(music())
      yield* simulator.handle(music({}))
      yield* simulator.handle(music(body, "sk_test_nobody"))
      yield* simulator.handle(get("/v1/credits", null))
      yield* simulator.handle(get("/v1/task/task_000009"))
      const refused = (request: number) => ({ at: 1000, request, kind: "refusal", route: MUSIC, credits: 0 })
      expect(yield* simulator.ledger).toEqual({
        opening: 2000,
        entries: [
          { at: 0, request: 1, kind: "charge", route: MUSIC, taskId: "task_000001", credits: 1188 },
          refused(2),
          refused(3),
          refused(4)
        ]
      })
    })
  )

  it.effect("every arrival is listed, without key and body", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.handle(music())
      yield* TestClock.adjust("1 seconds")
      yield* simulator.handle(get("/v1/task/task_000001?x=1", null))
      yield* simulator.handle(get("/v9/none"))
      const all = yield* simulator.requests
      const unstruck = { fault: undefined, webhookFault: undefined }
      const submit = {
        route: MUSIC,
        phase: "submit",
        method: "POST",
        target: "/v1m/task/music-generation",
        hasKey: true
      }
      const poll = { route: POLL, phase: "poll", method: "GET", target: "/v1/task/task_000001?x=1", hasKey: false }
      const other = { route: "unknown", phase: "read", method: "GET", target: "/v9/none", hasKey: true }
      expect(all).toEqual([
        { ...submit, number: 1, at: 0, ...unstruck, status: 200, isRejected: false },
        { ...poll, number: 2, at: 1000, ...unstruck, status: 401, isRejected: true },
        { ...other, number: 3, at: 1000, ...unstruck, status: 404, isRejected: true }
      ])
      expect(JSON.stringify(all)).not.toMatch(/sk_test|rain/)
    })
  )

  it.effect("two simulators share nothing", () =>
    Effect.gen(function* () {
      const one = yield* Simulator.make()
      const other = yield* Simulator.make()
      yield* one.handle(music())
      expect((yield* other.ledger).entries).toEqual([])
      expect(status(yield* other.handle(get("/v1/task/task_000001")))).toBe(404)
      expect((yield* other.requests).map(({ route }) => route)).toEqual([POLL])
    })
  )
})
