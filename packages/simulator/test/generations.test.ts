/** What holds for every route that makes a task. */
import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Table from "./generations.js"
import { get, jsonOf, status, textOf } from "./requests.js"

const origin = "http://files.test"

/** Every kind costs the same, so that a route which charges for another kind than its own is seen by its other price. */
const makeAt = (price: Table.Generation["price"], options: Simulator.Options = {}) =>
  Simulator.make({ fileOrigin: origin, prices: { [price]: 7 }, ...options })

const done = (simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    yield* TestClock.adjust("6 seconds")
    return jsonOf(yield* simulator.handle(get("/v1/task/task_000001")))
  })

const urlsIn = (value: unknown): ReadonlyArray<string> =>
  Array.from(JSON.stringify(value).matchAll(/"(http:[^"]*)"/g), ([, url = ""]) => url)

describe.each(Table.generations.map((generation) => [generation.route, generation] as const))("%s", (route, one) => {
  it.effect("charges its own price, runs, and is done with its type and metadata", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price, { credits: 1000 })
      const submitted = jsonOf(yield* simulator.handle(one.send()))
      const estimate = one.price === "image" ? { estimated_credits: 7 } : {}
      expect(submitted).toEqual({ success: true, task_id: "task_000001", ec_remain_credits: 993, ...estimate })
      expect((yield* simulator.ledger).entries).toEqual([
        { at: 0, request: 1, kind: "charge", route, taskId: "task_000001", credits: 7 }
      ])
      const running = jsonOf(yield* simulator.handle(get("/v1/task/task_000001")))
      expect(running).toMatchObject({ status: "doing", progress: 0, type: one.type, credit_cost: 7, metadata: {} })
      const metadata = one.metadata((end) => `${origin}/files/task_000001${end}`)
      const { created_at, ...task } = yield* done(simulator)
      expect(task).toEqual({
        id: "task_000001",
        status: "done",
        progress: 100,
        type: one.type,
        credit_cost: 7,
        metadata,
        error_message: null
      })
    })
  )

  it.effect("all its result URLs can be read", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price)
      yield* simulator.handle(one.send(one.all))
      const urls = urlsIn((yield* done(simulator)).metadata)
      expect(urls.length).toBeGreaterThan(0)
      expect(new Set(urls).size).toBe(urls.length)
      for (const url of urls) {
        const reply = yield* simulator.handle(get(url.slice(origin.length), null))
        expect(status(reply)).toBe(200)
        const text = textOf(reply)
        if (url.endsWith(".json")) expect(JSON.parse(text).text).toMatch(/\w/)
        else if (url.endsWith(".srt")) expect(text).toMatch(/^1\n00:00:00,000 --> 00:00:01,000\n.*\w.*\n$/)
        else if (url.endsWith(".svg")) expect(text).toMatch(/^<svg .*<\/svg>$/)
        else expect(text).toMatch(/^RIFF....WAVEfmt /s)
      }
    })
  )

  it.effect("takes every field at once", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price)
      const reply = yield* simulator.handle(one.send(one.all))
      expect(jsonOf(reply)).toMatchObject({ success: true })
    })
  )

  it.effect("can fail: refunded then, without results", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price, { credits: 7 })
      yield* simulator.inject(Fault.taskFails(route, "The model is ill"))
      expect(jsonOf(yield* simulator.handle(one.send())).ec_remain_credits).toBe(0)
      const task = yield* done(simulator)
      expect(task).toMatchObject({ status: "error", error_message: "The model is ill", credit_cost: 0, metadata: {} })
      expect(task).not.toHaveProperty("output_uri")
      expect(Ledger.refunds(yield* simulator.ledger)).toEqual([
        { at: 6000, request: 1, kind: "refund", route, taskId: "task_000001", credits: 7 }
      ])
    })
  )

  it.effect("refuses in the order 401, 429, 400, 403, 402, each noted in the ledger", () =>
    Effect.gen(function* () {
      const keys: Simulator.Options["keys"] = { a: "expired", b: "over-daily-limit", c: { forbiddenModels: "all" } }
      const simulator = yield* makeAt(one.price, { keys, credits: 6 })
      const wrong = { nonsense: "1" }
      const sent = [one.send(wrong, "a"), one.send(wrong, "b"), one.send(wrong, "c"), one.send({}, "c")]
      const replies = yield* Effect.forEach(sent, simulator.handle)
      expect(replies.map(status)).toEqual([401, 429, 400, one.model === undefined ? 402 : 403])
      expect((yield* simulator.ledger).entries).toEqual(
        sent.map((_, index) => ({ at: 0, request: index + 1, kind: "refusal", route, credits: 0 }))
      )
    })
  )

  it.effect("costs exactly its price", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price, { credits: 7 })
      expect(status(yield* simulator.handle(one.send()))).toBe(200)
      const refused = yield* simulator.handle(one.send())
      expect(status(refused)).toBe(402)
      expect(jsonOf(refused).error).toBe("Insufficient balance: 7 credits needed, 0 left")
    })
  )
})

const withModel = Table.generations.flatMap(({ model, ...one }) => (model === undefined ? [] : [{ ...one, model }]))

describe("the model", () => {
  it.effect.each(withModel.map((one) => [one.route, one] as const))(
    "%s: is refused to a key, named or meant",
    ([, one]) =>
      Effect.gen(function* () {
        const { field, unnamed } = one.model
        const keys = { k: { forbiddenModels: ["forbidden", ...(unnamed === undefined ? [] : [unnamed])] } }
        const simulator = yield* makeAt(one.price, { keys })
        expect(status(yield* simulator.handle(one.send({ [field]: "forbidden" }, "k")))).toBe(403)
        expect(status(yield* simulator.handle(one.send({ [field]: "other" }, "k")))).toBe(200)
        expect(status(yield* simulator.handle(one.send({}, "k")))).toBe(unnamed === undefined ? 200 : 403)
      })
  )
})

describe("what only some of them have", () => {
  it.effect.each<readonly [string, Table.Generation, ReadonlyArray<string>]>([
    ["voice", Table.voiceSpeech, ["audio_url", "srt_url", "json_url"]],
    ["MiniMax", Table.miniMaxSpeech, ["audio_url", "srt_url"]],
    ["Edge", Table.edgeSpeech, ["audio_url", "srt_url", "json_url"]]
  ])("%s speech has transcripts of its text when they are asked for", ([, one, fields]) =>
    Effect.gen(function* () {
      const simulator = yield* makeAt(one.price)
      yield* simulator.handle(one.send({ text: "One.\n\nTwo.", with_transcript: true }))
      const { metadata } = yield* done(simulator)
      expect(Object.keys(metadata)).toEqual(fields)
      const subtitles = yield* simulator.handle(get("/files/task_000001.srt", null))
      expect(textOf(subtitles)).toBe("1\n00:00:00,000 --> 00:00:01,000\nOne. Two.\n")
    })
  )

  it.effect("a sound effect is as long as it was asked to be, and says so", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt("soundEffect")
      yield* simulator.handle(Table.soundEffect.send({ duration_seconds: 0.5 }))
      expect((yield* done(simulator)).metadata.duration_seconds).toBe(0.5)
      const file = yield* simulator.handle(get("/files/task_000001.wav", null))
      expect(file.head?.headers["content-length"]).toBe(String(44 + 22_050))
    })
  )

  it.effect("a voice isolation may show its output at the task's root", () =>
    Effect.gen(function* () {
      const simulator = yield* makeAt("voiceIsolation", { isolationOutput: "root" })
      yield* simulator.handle(Table.voiceIsolation.send())
      const output_uri = `${origin}/files/task_000001.wav`
      expect(yield* done(simulator)).toMatchObject({ status: "done", output_uri, metadata: {} })
    })
  )

  it.effect("images and tracks are charged by the number", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ prices: { image: 10, music: 3 } })
      const reply = jsonOf(yield* simulator.handle(Table.image.send({ generations_count: 4 })))
      expect(reply.estimated_credits).toBe(40)
      yield* simulator.handle(Table.musicGeneration.send({ n: 2 }))
      expect(Ledger.charges(yield* simulator.ledger).map(({ credits }) => credits)).toEqual([40, 6])
      const task = yield* done(simulator)
      expect(task.metadata.result_images).toHaveLength(4)
    })
  )
})
