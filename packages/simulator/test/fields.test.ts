/** What each route refuses, by the name of the field. Music's own rows are in `Simulator.body.test.ts`. */
import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import type * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Table from "./generations.js"
import { get, jsonOf, postForm, postJson, status } from "./requests.js"

const message = (request: Wire.WireRequest) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator.make({ prices: { voiceClone: 1 } })
    const reply = yield* simulator.handle(request)
    expect(status(reply)).toBe(400)
    const { error } = jsonOf(reply)
    expect(error.type).toBe("invalid_request_error")
    expect(error.message.length).toBeLessThanOrEqual(200)
    expect(Ledger.charged(yield* simulator.ledger)).toBe(0)
    expect((yield* simulator.requests).map(({ route }) => route)).not.toContain("unknown")
    return error.message
  })

const expectNamed = (request: Wire.WireRequest, field: string) =>
  Effect.map(message(request), (text) => expect(text.slice(0, field.length + 2)).toBe(`${field}: `))

type Row = readonly [fields: Readonly<Record<string, unknown>>, field: string]

/** Rows for fields that are text and must not be empty. */
const text = (...names: ReadonlyArray<string>): ReadonlyArray<Row> =>
  names.flatMap(
    (name): ReadonlyArray<Row> => [
      [{ [name]: undefined }, name],
      [{ [name]: "" }, name],
      [{ [name]: 7 }, name]
    ]
  )

/** Rows that hold for every optional field of JSON: `null`, and a value of another type than any field has. */
const wrongJson = (...names: ReadonlyArray<string>): ReadonlyArray<Row> =>
  names.flatMap(
    (name): ReadonlyArray<Row> => [
      [{ [name]: null }, name],
      [{ [name]: [[]] }, name]
    ]
  )

const urls: ReadonlyArray<Row> = [
  "",
  "example.test/hook",
  "/hook",
  "http:hook",
  "ftp://a.test",
  "http://",
  "https://a b"
].map((receive_url) => [{ receive_url }, "receive_url"])

const outside = (name: string, ...values: ReadonlyArray<unknown>): ReadonlyArray<Row> =>
  values.map((value) => [{ [name]: value }, name])

const setting = (voice_setting: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  voice_setting: { voice_id: "v", ...voice_setting }
})

const json: ReadonlyArray<readonly [Table.Generation, ReadonlyArray<Row>]> = [
  [Table.musicGeneration, [...urls, ...wrongJson("receive_url", "title")]],
  [
    Table.voiceSpeech,
    [
      ...text("text"),
      ...urls,
      ...wrongJson("model_id", "with_transcript", "receive_url", "voice_settings"),
      [{ model_id: "" }, "model_id"],
      [{ voice_settings: { stability: "0.5" } }, "voice_settings.stability"],
      [{ voice_settings: { similarity_boost: true } }, "voice_settings.similarity_boost"],
      [{ voice_settings: { style: null } }, "voice_settings.style"],
      [{ voice_settings: { use_speaker_boost: 1 } }, "voice_settings.use_speaker_boost"],
      [{ voice_settings: { speed: "fast" } }, "voice_settings.speed"],
      [{ voice_settings: { pitch: 1 } }, "voice_settings.pitch"],
      [{ voice_setting: { voice_id: "v" } }, "voice_setting"],
      [{ model: "speech-2.6-hd" }, "model"]
    ]
  ],
  [
    Table.miniMaxSpeech,
    [
      ...text("text"),
      ...urls,
      ...wrongJson("model", "language_boost", "with_transcript", "receive_url"),
      [{ voice_setting: undefined }, "voice_setting"],
      [{ voice_setting: "v" }, "voice_setting"],
      [{ voice_setting: {} }, "voice_setting.voice_id"],
      ...[0.49, 2.01, "1"].map((vol): Row => [setting({ vol }), "voice_setting.vol"]),
      ...[-12.1, 12.1, null].map((pitch): Row => [setting({ pitch }), "voice_setting.pitch"]),
      ...[0, 10.1, true].map((speed): Row => [setting({ speed }), "voice_setting.speed"]),
      [setting({ stability: 1 }), "voice_setting.stability"],
      [{ model_id: "a" }, "model_id"]
    ]
  ],
  [
    Table.edgeSpeech,
    [
      ...text("text", "voice"),
      ...urls,
      ...wrongJson("speed", "with_transcript", "with_loudnorm", "receive_url"),
      [{ speed: "1" }, "speed"],
      [{ with_loudnorm: "true" }, "with_loudnorm"],
      [{ model: "a" }, "model"]
    ]
  ],
  [
    Table.soundEffect,
    [
      ...text("text"),
      ...urls,
      ...wrongJson("loop", "model_id", "receive_url"),
      [{ text: "x".repeat(451) }, "text"],
      ...outside("duration_seconds", 0.4, 30.1, "1", null),
      ...outside("prompt_influence", -0.1, 1.1, "1", null),
      [{ voice_id: "v" }, "voice_id"]
    ]
  ]
]

const noFile: ReadonlyArray<Row> = [
  [{ file: undefined }, "file"],
  [{ file: new Uint8Array(0) }, "file"],
  [{ file: "text" }, "file"],
  [{ file: [Table.bytes, Table.bytes] }, "file"]
]

/** Rows for a field of a form: what is no value of it, a file, and two of it. */
const part = (name: string, good: string, ...bad: ReadonlyArray<string>): ReadonlyArray<Row> => [
  ...bad.map((value): Row => [{ [name]: value }, name]),
  [{ [name]: Table.bytes }, name],
  [{ [name]: [good, good] }, name]
]

const flag = (name: string): ReadonlyArray<Row> => part(name, "true", "", "yes", "1", "True", "true ")
const hook: ReadonlyArray<Row> = [...urls, ...part("receive_url", "https://a.test")]

const forms: ReadonlyArray<readonly [Table.Generation, ReadonlyArray<Row>]> = [
  [Table.speechToText, [...noFile, ...hook, ...flag("tag_audio_events"), [{ model_id: "a" }, "model_id"]]],
  [
    Table.dubbing,
    [
      ...noFile,
      ...hook,
      [{ target_lang: undefined }, "target_lang"],
      ...part("target_lang", "de", ""),
      ...part("source_lang", "en"),
      ...part("num_speakers", "1", "", "-1", "1.5", "two", " 1", "1e3", "9999999999"),
      ...flag("disable_voice_cloning"),
      [{ target_language: "de" }, "target_language"]
    ]
  ],
  [
    Table.voiceChanger,
    [
      ...noFile,
      [{ voice_id: undefined }, "voice_id"],
      ...part("voice_id", "v", ""),
      ...part("model_id", "m", ""),
      ...part("voice_settings", "{}", "", "{", "7"),
      [{ voice_settings: '{"stability":"0.5"}' }, "voice_settings.stability"],
      [{ voice_settings: '{"use_speaker_boost":1}' }, "voice_settings.use_speaker_boost"],
      [{ voice_settings: '{"speed":1}' }, "voice_settings.speed"],
      ...flag("remove_background_noise"),
      [{ receive_url: "https://a.test" }, "receive_url"]
    ]
  ],
  [Table.voiceIsolation, [...noFile, ...hook, [{ model_id: "a" }, "model_id"]]],
  [
    Table.image,
    [
      ...hook,
      [{ prompt: undefined }, "prompt"],
      ...part("prompt", "x", ""),
      [{ model_id: undefined }, "model_id"],
      ...part("model_id", "m", ""),
      ...part("generations_count", "1", "0", "11", "1.5", "-1", "two"),
      ...part("model_parameters", "{}", "", "[]", "7", "{"),
      [{ assets: "text" }, "assets.0"],
      [{ assets: new Uint8Array(0), prompt: "@img1" }, "assets.0"],
      [{ assets: Table.bytes }, "assets"],
      [{ prompt: "@img1 and @img2", assets: Table.bytes }, "assets"],
      [{ prompt: "@img1" }, "assets"],
      [{ prompt: "@img2", assets: Table.bytes }, "assets"],
      [{ file: Table.bytes }, "file"]
    ]
  ]
]

/** Bytes are named by their number, since a table's title would list them. */
const title = (fields: Row[0]) =>
  JSON.stringify(fields, (_, value) => (value instanceof Uint8Array ? "file" : (value ?? null)))

describe.each([...json, ...forms].map(([one, rows]) => [one.route, one, rows] as const))("%s", (_, one, rows) => {
  it.effect.each(rows.map(([fields, field]) => [title(fields), fields, field] as const))(
    "%s is refused",
    ([, fields, field]) => expectNamed(one.send(fields), field)
  )

  it.effect("a field of no route is refused", () => expectNamed(one.send({ nonsense: "1" }), "nonsense"))
})

describe("limits are within", () => {
  it.effect.each<readonly [Table.Generation, Readonly<Record<string, unknown>>]>([
    [Table.soundEffect, { text: "x".repeat(450) }],
    [Table.soundEffect, { text: "🎵".repeat(450) }],
    [Table.soundEffect, { duration_seconds: 30, prompt_influence: 0 }],
    [Table.miniMaxSpeech, setting({ vol: 0.5, pitch: 12, speed: 10 })],
    [Table.dubbing, { num_speakers: "999999999" }],
    [Table.voiceSpeech, { receive_url: "HTTP://127.0.0.1:8080/a?b=c" }],
    [Table.image, { generations_count: "10" }],
    [Table.image, { prompt: "@img2 before @img1", assets: [Table.bytes, Table.bytes] }]
  ])("%#", ([one, fields]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      expect(jsonOf(yield* simulator.handle(one.send(fields)))).toMatchObject({ success: true })
    })
  )
})

describe("queries", () => {
  const requests: ReadonlyArray<Wire.WireRequest> = [
    ...Table.generations.map(({ send }) => send()),
    get("/v1/credits"),
    get("/v1/packages"),
    get("/v1/task/a"),
    get("/v1m/voice/clone"),
    postForm("/v1m/voice/clone", { file: Table.bytes }),
    { ...get("/v1m/voice/clone/1"), method: "DELETE" },
    get("/v1i/models"),
    postJson("/v1i/task/price", { model_id: "m" })
  ]

  it.effect.each(requests.map((request) => [`${request.method} ${request.target}`, request] as const))(
    "%s: a parameter that is not listed is refused",
    ([, request]) => {
      const target = `${request.target}${request.target.includes("?") ? "&" : "?"}limit=1`
      return expectNamed({ ...request, target }, "limit")
    }
  )

  it.effect.each(["output_format=", "output_format=a&output_format=a"])("%s is refused", (query) =>
    expectNamed({ ...Table.voiceSpeech.send(), target: `/v1/text-to-speech/v?${query}` }, "output_format")
  )

  it.effect("an output format may be left out", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const reply = yield* simulator.handle({ ...Table.voiceSpeech.send(), target: "/v1/text-to-speech/v" })
      expect(status(reply)).toBe(200)
    })
  )
})

describe("messages", () => {
  it.effect("a value that is nested too deeply to be shown is refused like any other", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`
    const sent = Table.edgeSpeech.send()
    return Effect.map(message({ ...sent, body: new TextEncoder().encode(`{"text":${deep}}`) }), (text) =>
      expect(text).toMatch(/^(text|body): /)
    )
  })

  it.effect("a form sent as JSON, and JSON sent as a form, name the content type", () =>
    Effect.gen(function* () {
      yield* expectNamed(postJson("/v1/task/dubbing", {}), "content-type")
      yield* expectNamed(postForm("/v1/task/sound-effect", { text: "x" }), "content-type")
    })
  )
})
