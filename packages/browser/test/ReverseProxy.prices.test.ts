import { describe, expect, it } from "@effect/vitest"
import * as Music from "@effect-cheapai/core/Music"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as OwnServer from "./ownServer.js"
import * as Page from "./page.js"
import * as Wire from "./wire.js"

const songs = "/v1m/task/music-generation"
const headers = { authorization: "Bearer session-of-ann", "content-type": "application/json" }
const created = Wire.json(200, { success: true, task_id: "t-1" })

const costs = {
  [Music.Generate.key]: ({ n = 1 }: Music.Input) => n * 1188,
  [TextToSpeech.Voice.key]: ({ text, voiceId }: TextToSpeech.VoiceInput) => text.length * (voiceId === "dear" ? 10 : 1)
}

/** A proxy that shows what was booked. */
const start = (credits: Partial<NonNullable<OwnServer.Options["credits"]>> = {}) =>
  Effect.gen(function* () {
    const { layer, sent } = Wire.make(created)
    const booked: Array<number> = []
    const store = {
      book: (booking: { readonly credits: number }) => Effect.sync(() => booked.push(booking.credits) > 0),
      release: () => Effect.void
    }
    const ask = yield* OwnServer.inMemory(layer, {
      routes: [Music.Generate, TextToSpeech.Voice],
      credits: { limit: () => 2000, costs, store, ...credits }
    })
    const post = (path: string, body: string | null) =>
      Effect.map(ask(path, { method: "POST", body, headers }), ({ status }) => status)
    return { post, sent, booked }
  })

describe("a cost that the input makes", () => {
  it.scopedLive("holds for each song that a page asks for, as the service charges them", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const address = yield* OwnServer.onAPort(NodeTransport.layer(), {
        baseUrl: url,
        routes: [Music.Generate],
        credits: { limit: () => 2000, costs }
      })
      const song = (n: number) =>
        Effect.provide(Music.generate({ model: "music-2.5", idea: "rain", n }), Page.at(address))
      expect(yield* Effect.flip(song(3))).toMatchObject({ _tag: "InsufficientBalanceError", outcome: "rejected" })
      expect(Ledger.charged(yield* simulator.ledger)).toBe(0)
      yield* song(1)
      expect(Ledger.charged(yield* simulator.ledger)).toBe(1188)
    })
  )

  it.scopedLive("takes the values of the path for parts of the input", () =>
    Effect.gen(function* () {
      const { booked, post, sent } = yield* start()
      for (const voice of ["dear", "cheap"]) {
        expect(yield* post(`/v1/text-to-speech/${voice}?output_format=mp3`, '{"text":"Hello"}')).toBe(200)
      }
      expect(booked).toEqual([50, 5])
      expect(sent.map(({ body }) => body)).toEqual(['{"text":"Hello"}', '{"text":"Hello"}'])
    })
  )

  it.scopedLive.each<readonly [what: string, path: string, body: string | null]>([
    ["no JSON", songs, '{"model":"music-2.5","idea":"rain"'],
    ["a list", songs, "[]"],
    ["nothing", songs, null],
    ["a field that is missing", songs, '{"idea":"rain"}'],
    ["a number of songs that is none", songs, '{"model":"music-2.5","idea":"rain","n":-3}'],
    ["a field that is not the route's", songs, '{"model":"music-2.5","idea":"rain","N":3}'],
    ["a value of the path's", "/v1/text-to-speech/cheap", '{"text":"Hello","voice_id":"dear"}']
  ])("is not made of %s: 400, and nothing is booked or sent", ([, path, body]) =>
    Effect.gen(function* () {
      const { booked, post, sent } = yield* start()
      expect(yield* post(path, body)).toBe(400)
      expect([booked, sent]).toEqual([[], []])
    })
  )

  it.scopedLive("is the cost of what is sent, also where a name stands twice", () =>
    Effect.gen(function* () {
      const { booked, post, sent } = yield* start()
      expect(yield* post(songs, '{"n":3,"model":"music-2.5","idea":"rain","n":1}')).toBe(200)
      expect([booked, sent.map(({ body }) => body)]).toEqual([[1188], ['{"n":1,"model":"music-2.5","idea":"rain"}']])
    })
  )

  it.scopedLive.each<readonly [what: string, cost: () => number]>([
    ["no number", () => Number.NaN],
    ["less than nothing", () => -1],
    [
      "a fault",
      () => {
        throw new Error("no price list")
      }
    ]
  ])("that is %s is an answer which says that nothing was sent", ([, cost]) =>
    Effect.gen(function* () {
      const { booked, post, sent } = yield* start({ costs: { ...costs, [Music.Generate.key]: cost } })
      expect(yield* post(songs, '{"model":"music-2.5","idea":"rain"}')).toBe(503)
      expect([booked, sent]).toEqual([[], []])
    })
  )
})

describe("a body of JSON", () => {
  it.scopedLive.each([
    ["is taken up to 256 KiB", 256 * 1024, 200],
    ["that is longer is refused, and nothing is sent", 256 * 1024 + 1, 413]
  ] as const)("%s", ([, length, status]) =>
    Effect.gen(function* () {
      const { post, sent } = yield* start({ limit: () => 1_000_000 })
      const body = JSON.stringify({ text: "" })
      const text = body.replace('""', `"${"x".repeat(length - body.length)}"`)
      expect(yield* post("/v1/text-to-speech/cheap", text)).toBe(status)
      expect(sent).toHaveLength(status === 200 ? 1 : 0)
    })
  )
})
