import { describe, expect, it } from "@effect/vitest"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import { routeOf, run } from "./barrel.js"

const bytes = (name: string, size = 3) => Upload.fromBytes(new Uint8Array(size), { name, type: "audio/mpeg" })
const file = bytes("talk.mp3")
const png = bytes("a.png")

const voice = { text: "Hello", voiceId: "v1" }
const miniMax = { text: "Hello", voiceSetting: { voiceId: "v1" } }
const edge = { text: "Hello", voice: "en-US-BrianMultilingualNeural" }
const sound = { text: "rain" }
const music = { model: "music-2.5", idea: "rain" }
const image = { prompt: "a cat", modelId: "imagen2" }
const change = { file, voiceId: "v1" }
const dub = { file, targetLang: "es" }

const refuses = async (call: string, input: unknown) => {
  const refused = Effect.gen(function* () {
    const error = yield* Effect.flip(Effect.asVoid(run(call, input)))
    if (error._tag !== "InvalidInputError") return expect.unreachable(error._tag)
    expect(error).toMatchObject({ outcome: "not-sent", attempts: [], isRetryable: false, route: routeOf(call).key })
    expect(yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)).toEqual([])
    return error
  })
  return Effect.runPromise(Effect.provide(refused, Script.layer([Script.reply(200, { success: true, task_id: "t" })])))
}

type Row = readonly [call: string, what: string, input: unknown, path: string, reason: RegExp]

const texts: ReadonlyArray<Row> = [
  ["TextToSpeech.voice", "empty text", { ...voice, text: "" }, "text", /not blank/],
  ["TextToSpeech.voice", "blank text", { ...voice, text: " \n\t" }, "text", /not blank/],
  ["TextToSpeech.voice", "no text", { voiceId: "v1" }, "text", /is missing/],
  ["TextToSpeech.voice", "text that is none", { ...voice, text: 3 }, "text", /a text/],
  ["TextToSpeech.voice", "nothing at all", undefined, "", /expected/],
  ["TextToSpeech.miniMax", "blank text", { ...miniMax, text: " " }, "text", /not blank/],
  ["TextToSpeech.edge", "blank text", { ...edge, text: " " }, "text", /not blank/],
  ["TextToSpeech.edge", "an empty voice", { ...edge, voice: "" }, "voice", /not blank/],
  ["SoundEffect.generate", "blank text", { text: "  " }, "text", /not blank/],
  ["SoundEffect.generate", "451 characters", { text: "a".repeat(451) }, "text", /at most 450 characters/],
  ["SoundEffect.generate", "451 characters of two units", { text: "🌧".repeat(451) }, "text", /at most 450/],
  ["Image.generate", "a blank prompt", { ...image, prompt: " " }, "prompt", /not blank/],
  ["Image.generate", "an empty model", { ...image, modelId: "" }, "modelId", /not blank/],
  ["VoiceClone.create", "a blank preview", { file, previewText: " " }, "previewText", /not blank/],
  ["Dubbing.dub", "no language", { file }, "targetLang", /is missing/],
  ["Dubbing.dub", "an empty language", { ...dub, targetLang: "" }, "targetLang", /not blank/],
  ["Dubbing.dub", "a blank language", { ...dub, targetLang: " " }, "targetLang", /not blank/],
  ["Music.generate", "neither idea nor lyrics", { model: "music-2.5" }, "idea", /needed when there are no lyrics/],
  ["Music.generate", "a blank idea", { ...music, idea: "  " }, "idea", /needed/],
  [
    "Music.generate",
    "an instrumental with lyrics",
    { ...music, lyrics: "la", instrumental: true },
    "lyrics",
    /left out/
  ],
  ["Music.generate", "an empty model", { ...music, model: "" }, "model", /not blank/],
  ["TextToSpeech.voice", "an empty format", { ...voice, outputFormat: "" }, "outputFormat", /not blank/]
]

const numbers: ReadonlyArray<Row> = [
  ...[0.49, 30.01, Number.NaN, Number.POSITIVE_INFINITY, "3", null].map(
    (n): Row => [
      "SoundEffect.generate",
      `${n} seconds`,
      { ...sound, durationSeconds: n },
      "durationSeconds",
      /^expected a number from 0.5 to 30$/
    ]
  ),
  ...[-0.1, 1.1, Number.NaN].map(
    (n): Row => [
      "SoundEffect.generate",
      `an influence of ${n}`,
      { ...sound, promptInfluence: n },
      "promptInfluence",
      /^expected a number from 0 to 1$/
    ]
  ),
  ...(
    [
      ["vol", 0.4, "from 0.5 to 2"],
      ["vol", 2.1, "from 0.5 to 2"],
      ["pitch", -13, "from -12 to 12"],
      ["pitch", 13, "from -12 to 12"],
      ["speed", 0, "from 0.01 to 10"],
      ["speed", 11, "from 0.01 to 10"],
      ["speed", Number.NaN, "from 0.01 to 10"]
    ] as const
  ).map(
    ([name, n, range]): Row => [
      "TextToSpeech.miniMax",
      `${name} ${n}`,
      { ...miniMax, voiceSetting: { voiceId: "v1", [name]: n } },
      `voiceSetting.${name}`,
      new RegExp(`^expected a number ${range}$`)
    ]
  ),
  ...["stability", "similarityBoost", "style", "speed"].map(
    (name): Row => [
      "TextToSpeech.voice",
      `${name} that is no number`,
      { ...voice, voiceSettings: { [name]: Number.NaN } },
      `voiceSettings.${name}`,
      /^expected a finite number$/
    ]
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY].map(
    (n): Row => ["TextToSpeech.edge", `a speed of ${n}`, { ...edge, speed: n }, "speed", /^expected a finite number$/]
  ),
  ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map(
    (n): Row => [
      "Dubbing.dub",
      `${n} speakers`,
      { ...dub, numSpeakers: n },
      "numSpeakers",
      /^expected a whole number from 0$/
    ]
  ),
  ...[0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map(
    (n): Row => ["Music.generate", `${n} songs`, { ...music, n }, "n", /^expected a whole number from 1$/]
  ),
  ["Music.generate", "half a type", { ...music, generationType: 0.5 }, "generationType", /a whole number/],
  ["Image.generate", "no images", { ...image, generationsCount: 0 }, "generationsCount", /from 1$/],
  ["Image.price", "half an image", { modelId: "m", generationsCount: 0.5 }, "generationsCount", /from 1$/],
  ["Image.price", "fewer than no files", { modelId: "m", assets: -1 }, "assets", /from 0$/]
]

const choices: ReadonlyArray<Row> = [
  ["VoiceClone.create", "another gender", { file, genderTag: "child" }, "genderTag", /^expected male or female$/],
  ["TextToSpeech.voice", "yes", { ...voice, withTranscript: "yes" }, "withTranscript", /^expected true or false$/],
  ["SoundEffect.generate", "an unknown field", { ...sound, prompt: "rain" }, "prompt", /is not a field of this route/],
  ["VoiceChanger.change", "receiveUrl", { ...change, receiveUrl: "https://a.b" }, "receiveUrl", /is not a field/],
  [
    "VoiceChanger.change",
    "an unknown setting",
    { ...change, voiceSettings: { speed: 1 } },
    "voiceSettings.speed",
    /is not a field/
  ],
  ...["", "/hook", "example.com/hook", "ftp://example.com", "https://", "https://a b.c", " https://a.b"].map(
    (url): Row => [
      "Music.generate",
      `receiveUrl "${url}"`,
      { ...music, receiveUrl: url },
      "receiveUrl",
      /^expected an absolute http or https URL$/
    ]
  )
]

const ids = [
  "../../v1/credits",
  "a/b?c",
  "a/b",
  "a\\b",
  "a?b",
  "a#b",
  "a%2fb",
  " a",
  "a ",
  "a\nb",
  "a\u0000",
  "..",
  ".",
  "",
  "\ud800"
]
const voiceIds: ReadonlyArray<Row> = ids.flatMap((id): ReadonlyArray<Row> => {
  const reason = /^expected a voice id/
  return [
    ["TextToSpeech.voice", JSON.stringify(id), { ...voice, voiceId: id }, "voiceId", reason],
    [
      "TextToSpeech.miniMax",
      JSON.stringify(id),
      { ...miniMax, voiceSetting: { voiceId: id } },
      "voiceSetting.voiceId",
      reason
    ],
    ["VoiceChanger.change", JSON.stringify(id), { ...change, voiceId: id }, "voiceId", reason],
    ["VoiceClone.delete", JSON.stringify(id), { voiceId: id }, "voiceId", reason]
  ]
})

const wrongFile = /^expected a file whose name, if it has an ending, ends in /
const itself: { readonly inner: Array<unknown> } = { inner: [] }
itself.inner.push(itself)

const files: ReadonlyArray<Row> = [
  ["SpeechToText.transcribe", "a video", { file: bytes("talk.mp4") }, "file", wrongFile],
  ["Dubbing.dub", "a wav", { ...dub, file: bytes("talk.wav") }, "file", wrongFile],
  ["VoiceChanger.change", "an ogg", { ...change, file: bytes("talk.ogg") }, "file", wrongFile],
  ["VoiceClone.create", "a wav", { file: bytes("me.wav") }, "file", wrongFile],
  ["VoiceClone.create", "over 20 MB", { file: bytes("me.mp3", 20_000_001) }, "file", /^is larger than 20 MB$/],
  ["VoiceIsolation.isolate", "an empty file", { file: bytes("talk.mp3", 0) }, "file", /^is empty$/],
  ["VoiceIsolation.isolate", "no file", {}, "file", /is missing/],
  ["VoiceIsolation.isolate", "a path", { file: "/tmp/talk.mp3" }, "file", /^expected an upload: Upload.fromBlob/],
  [
    "Image.generate",
    "an empty image",
    { ...image, prompt: "@img1", assets: [bytes("a.png", 0)] },
    "assets[0]",
    /is empty/
  ],
  ["Image.generate", "a path", { ...image, prompt: "@img1", assets: ["a.png"] }, "assets[0]", /^expected an upload/],
  ["Image.generate", "a file not named", { ...image, assets: [png] }, "prompt", /^names 0 images for 1 file in assets/],
  ["Image.generate", "no file for a name", { ...image, prompt: "as @img1" }, "prompt", /^names 1 image for 0 files/],
  ["Image.generate", "one of two", { ...image, prompt: "@img2", assets: [png, png] }, "prompt", /1 image for 2 files/],
  ["Image.generate", "a gap", { ...image, prompt: "@img1 @img3", assets: [png, png] }, "prompt", /@img1 to @img2/],
  ["Image.generate", "counted from 0", { ...image, prompt: "@img0", assets: [png] }, "prompt", /write @img1$/]
]

const parameters = (value: unknown) => ({ ...image, modelParameters: value })
const json: ReadonlyArray<Row> = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol("s"), new Date(0), new Map(), [undefined]].map(
    (value): Row => [
      "Image.generate",
      `${Object.prototype.toString.call(value)} in the parameters`,
      parameters({ deep: { list: [0, value] } }),
      Array.isArray(value) ? "modelParameters.deep.list[1][0]" : "modelParameters.deep.list[1]",
      /^expected a value that JSON can hold$/
    ]
  ),
  [
    "Image.price",
    "undefined inside",
    { modelId: "m", modelParameters: { a: { b: undefined } } },
    "modelParameters.a.b",
    /JSON/
  ],
  ["Image.generate", "a circle", parameters({ itself }), "modelParameters.itself.inner[0]", /JSON/],
  ["Image.generate", "a list of parameters", parameters("16:9"), "modelParameters", /expected/],
  ["Image.generate", "an empty ratio", parameters({ aspectRatio: "" }), "modelParameters.aspectRatio", /not blank/],
  [
    "Image.generate",
    "a ratio in both spellings",
    parameters({ aspectRatio: "1:1", aspect_ratio: "16:9" }),
    "modelParameters.aspect_ratio",
    /too/
  ]
]

describe.each([
  ["texts", texts],
  ["numbers", numbers],
  ["choices and addresses", choices],
  ["voice ids", voiceIds],
  ["files", files],
  ["JSON", json]
])("%s", (_, rows) => {
  it.each(rows)("%s refuses %s", async (call, _, input, path, reason) => {
    const { issues } = await refuses(call, input)
    expect(issues.map((issue) => issue.path)).toEqual([path])
    expect(issues[0]?.reason).toMatch(reason)
  })
})

it("every complaint is listed, each once, and no value of the input", async () => {
  const error = await refuses("TextToSpeech.voice", {
    text: " ",
    voiceId: "a secret/id",
    modelId: "",
    mood: "a secret mood",
    voiceSettings: { style: Number.NaN, secretly: 1 }
  })
  expect(error.issues.map(({ path }) => path).sort()).toEqual(
    ["text", "voiceId", "modelId", "mood", "voiceSettings.secretly", "voiceSettings.style"].sort()
  )
  expect(JSON.stringify(error)).not.toMatch(/a secret/)
})

const foreign = {
  "TextToSpeech.voice": {
    input: voice,
    named: "Voice (/v1)",
    fields: [
      ["voiceId", "voice_id"],
      ["modelId", "model_id"],
      ["voiceSettings", "voice_settings"],
      ["outputFormat", "output_format"]
    ]
  },
  "TextToSpeech.miniMax": {
    input: miniMax,
    named: "MiniMax (/v1m)",
    fields: [
      ["model", "model"],
      ["voiceSetting", "voice_setting"],
      ["languageBoost", "language_boost"]
    ]
  },
  "TextToSpeech.edge": {
    input: edge,
    named: "Edge (/v1e)",
    fields: [
      ["voice", "voice"],
      ["speed", "speed"],
      ["withLoudnorm", "with_loudnorm"]
    ]
  }
}

/** What the called family has too, one level down. */
const nested: Readonly<Record<string, string>> = {
  "TextToSpeech.voice speed": "voiceSettings.speed",
  "TextToSpeech.miniMax speed": "voiceSetting.speed",
  "TextToSpeech.miniMax voiceId": "voiceSetting.voiceId",
  "TextToSpeech.miniMax voice_id": "voiceSetting.voiceId"
}

const hintOf = (call: string, field: string, elsewhere: string): string => {
  const path = nested[`${call} ${field}`]
  return path === undefined ? elsewhere : `Here it is ${path}. As a field of its own, ${elsewhere}`
}

const misplaced = Object.entries(foreign).flatMap(([call, { input }]) =>
  Object.entries(foreign)
    .filter(([other]) => other !== call)
    .flatMap(([other, { fields, named }]) =>
      [...new Set(fields.flat())].map((field) => ({
        call,
        field,
        input,
        hint: hintOf(call, field, `${field} belongs to ${named}: call ${other}.`)
      }))
    )
)

describe("a field of another family", () => {
  it.each(misplaced)("$call: $hint", async ({ call, field, hint, input }) => {
    const error = await refuses(call, { ...input, [field]: "x" })
    expect(error).toMatchObject({ hint, issues: [{ path: field, reason: "is not a field of this route" }] })
    expect(error.remedy).toBe(hint)
  })
})

it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
  "an unknown field %s is only that",
  async (field) => {
    const error = await refuses("SoundEffect.generate", JSON.parse(`{"text":"rain","${field}":"x"}`))
    expect(error).toMatchObject({ hint: undefined, issues: [{ path: field }] })
  }
)

const spelt: ReadonlyArray<readonly [call: string, input: object, path: string, name: string]> = [
  ["TextToSpeech.voice", { ...voice, model_id: "m" }, "model_id", "modelId"],
  ["TextToSpeech.voice", { ...voice, with_transcript: true }, "with_transcript", "withTranscript"],
  [
    "TextToSpeech.voice",
    { ...voice, voiceSettings: { similarity_boost: 1 } },
    "voiceSettings.similarity_boost",
    "similarityBoost"
  ],
  [
    "TextToSpeech.miniMax",
    { ...miniMax, voiceSetting: { voiceId: "v1", voice_id: "v1" } },
    "voiceSetting.voice_id",
    "voiceId"
  ],
  ["Music.generate", { ...music, receive_url: "https://a.b" }, "receive_url", "receiveUrl"],
  ["Image.generate", { ...image, model_parameters: {} }, "model_parameters", "modelParameters"],
  ["VoiceClone.delete", { voiceId: "v1", voice_clone_id: "v1" }, "voice_clone_id", "voiceId"]
]

describe("a field spelt as on the wire", () => {
  it.each(spelt)("%s %j", async (call, input, path, name) => {
    const error = await refuses(call, input)
    expect(error.issues.map((issue) => issue.path)).toEqual([path])
    expect(error.hint).toBe(`Write ${name} in place of ${path.split(".").at(-1)}.`)
  })
})

const accepted: ReadonlyArray<readonly [call: string, what: string, input: unknown]> = [
  [
    "SoundEffect.generate",
    "450 characters of two units",
    { text: "🌧".repeat(450), durationSeconds: 30, promptInfluence: 0 }
  ],
  [
    "TextToSpeech.miniMax",
    "the ends of the ranges",
    { text: "a", voiceSetting: { voiceId: "Wise_Woman-2", vol: 0.5, pitch: 12, speed: 10 } }
  ],
  [
    "TextToSpeech.voice",
    "undefined fields",
    { ...voice, modelId: undefined, receiveUrl: undefined, voiceSettings: { style: undefined } }
  ],
  ["VoiceClone.create", "20 MB", { file: bytes("me.MP3", 20_000_000) }],
  [
    "Image.generate",
    "undefined and null parameters",
    parameters({ aspectRatio: undefined, seed: undefined, style: null })
  ],
  ["Image.generate", "no files in a list", { ...image, assets: [] }]
]

it.each(accepted)("%s accepts %s", async (call, _, input) => {
  const layer = Script.layer([Script.reply(200, { success: true, task_id: "t", cloned_voice_id: 1 })])
  const sent = Effect.zipRight(
    run(call, input),
    Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
  )
  expect(await Effect.runPromise(Effect.provide(sent, layer))).toHaveLength(1)
})
