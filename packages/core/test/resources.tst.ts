import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Dubbing from "@effect-cheapai/core/Dubbing"
import * as Image from "@effect-cheapai/core/Image"
import * as SoundEffect from "@effect-cheapai/core/SoundEffect"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import type * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceChanger from "@effect-cheapai/core/VoiceChanger"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import { describe, expect, test } from "tstyche"

declare const file: Upload.Upload

const voice = { text: "Hello", voiceId: "v1" }
const miniMax = { text: "Hello", voiceSetting: { voiceId: "v1" } }
const edge = { text: "Hello", voice: "en-US-BrianMultilingualNeural" }

describe("each family takes its own fields", () => {
  test("as a literal, a variable or a spread", () => {
    expect(TextToSpeech.voice).type.toBeCallableWith({
      text: "Hello",
      voiceId: "v1",
      modelId: "eleven_multilingual_v2"
    })
    expect(TextToSpeech.voice).type.toBeCallableWith(voice)
    expect(TextToSpeech.voice).type.toBeCallableWith({ ...voice, voiceSettings: { speed: 1.1 } })
    expect(TextToSpeech.voice).type.toBeCallableWith({ ...voice, modelId: undefined })
    expect(TextToSpeech.miniMax).type.toBeCallableWith({ text: "Hello", voiceSetting: { voiceId: "v1", vol: 1 } })
    expect(TextToSpeech.miniMax).type.toBeCallableWith(miniMax)
    expect(TextToSpeech.miniMax).type.toBeCallableWith({ ...miniMax, model: "speech-2.6-hd" })
    expect(TextToSpeech.edge).type.toBeCallableWith({ text: "Hello", voice: "en-US-BrianMultilingualNeural" })
    expect(TextToSpeech.edge).type.toBeCallableWith(edge)
    expect(TextToSpeech.edge).type.toBeCallableWith({ ...edge, speed: 1.5 })
  })
})

describe("a field of another family does not compile", () => {
  const voiceAndMiniMax = { ...voice, voiceSetting: { voiceId: "v1" } }
  const voiceAndEdge = { ...voice, withLoudnorm: true }
  const miniMaxAndVoice = { ...miniMax, modelId: "eleven_multilingual_v2" }
  const miniMaxAndEdge = { ...miniMax, speed: 1.5 }
  const edgeAndVoice = { ...edge, outputFormat: "mp3_44100_128" }
  const edgeAndMiniMax = { ...edge, languageBoost: "English" }

  test("as a literal", () => {
    expect(TextToSpeech.voice).type.not.toBeCallableWith({ text: "a", voiceId: "b", voiceSetting: { voiceId: "v1" } })
    expect(TextToSpeech.voice).type.not.toBeCallableWith({ text: "a", voiceId: "b", withLoudnorm: true })
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith({ text: "a", voiceSetting: { voiceId: "b" }, modelId: "c" })
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith({ text: "a", voiceSetting: { voiceId: "b" }, speed: 1.5 })
    expect(TextToSpeech.edge).type.not.toBeCallableWith({ text: "a", voice: "b", outputFormat: "mp3_44100_128" })
    expect(TextToSpeech.edge).type.not.toBeCallableWith({ text: "a", voice: "b", languageBoost: "English" })
  })

  test("as a variable", () => {
    expect(TextToSpeech.voice).type.not.toBeCallableWith(voiceAndMiniMax)
    expect(TextToSpeech.voice).type.not.toBeCallableWith(voiceAndEdge)
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith(miniMaxAndVoice)
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith(miniMaxAndEdge)
    expect(TextToSpeech.edge).type.not.toBeCallableWith(edgeAndVoice)
    expect(TextToSpeech.edge).type.not.toBeCallableWith(edgeAndMiniMax)
  })

  test("as a spread", () => {
    expect(TextToSpeech.voice).type.not.toBeCallableWith({ ...miniMax, ...voice })
    expect(TextToSpeech.voice).type.not.toBeCallableWith({ ...edge, ...voice })
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith({ ...voice, ...miniMax })
    expect(TextToSpeech.miniMax).type.not.toBeCallableWith({ ...edge, ...miniMax })
    expect(TextToSpeech.edge).type.not.toBeCallableWith({ ...voice, ...edge })
    expect(TextToSpeech.edge).type.not.toBeCallableWith({ ...miniMax, ...edge })
  })

  test("when the route is submitted by hand", () => {
    expect(Task.submit<TextToSpeech.VoiceInput, TextToSpeech.Speech>).type.not.toBeCallableWith(
      TextToSpeech.Voice,
      voiceAndEdge
    )
  })
})

type Submitted<A> = Effect.Effect<Task.Task<A>, CallError, CheapAi>

describe("a submit gives a task, never a result", () => {
  test("of each route", () => {
    expect(TextToSpeech.voice(voice)).type.toBe<Submitted<TextToSpeech.Speech>>()
    expect(TextToSpeech.miniMax(miniMax)).type.toBe<Submitted<TextToSpeech.Speech>>()
    expect(TextToSpeech.edge(edge)).type.toBe<Submitted<TextToSpeech.Speech>>()
    expect(SpeechToText.transcribe({ file })).type.toBe<Submitted<SpeechToText.Transcript>>()
    expect(Dubbing.dub({ file, targetLang: "es" })).type.toBe<Submitted<Dubbing.Dubbed>>()
    expect(SoundEffect.generate({ text: "rain" })).type.toBe<Submitted<SoundEffect.Sound>>()
    expect(VoiceChanger.change({ file, voiceId: "v1" })).type.toBe<Submitted<VoiceChanger.Changed>>()
    expect(VoiceIsolation.isolate({ file })).type.toBe<Submitted<VoiceIsolation.Isolated>>()
    expect(Image.generate({ prompt: "a cat", modelId: "m" })).type.toBe<Submitted<Image.Images>>()
  })

  test("the other calls answer at once", () => {
    expect(VoiceClone.create({ file })).type.toBe<Effect.Effect<VoiceClone.Created, CallError, CheapAi>>()
    expect(VoiceClone.list).type.toBe<Effect.Effect<ReadonlyArray<VoiceClone.Voice>, CallError, CheapAi>>()
    expect(VoiceClone.delete({ voiceId: "v1" })).type.toBe<Effect.Effect<void, CallError, CheapAi>>()
    expect(Image.price({ modelId: "m" })).type.toBe<Effect.Effect<number, CallError, CheapAi>>()
    expect(Image.models).type.toBe<Effect.Effect<ReadonlyArray<Image.Model>, CallError, CheapAi>>()
  })
})

describe("results", () => {
  test("have the task's id and cost beside their own fields", () => {
    expect<Task.Result<Dubbing.Dubbed>["taskId"]>().type.toBe<string>()
    expect<Task.Result<Dubbing.Dubbed>["creditCost"]>().type.toBe<number | undefined>()
    expect<Task.Result<Dubbing.Dubbed>["srtUrl"]>().type.toBe<URL>()
  })

  test("require what is documented, and nothing else", () => {
    expect<TextToSpeech.Speech>().type.toBe<{
      readonly audioUrl: URL
      readonly srtUrl?: URL
      readonly jsonUrl?: URL
    }>()
    expect<SoundEffect.Sound>().type.toBe<{
      readonly audioUrl: URL
      readonly characterCost?: number
      readonly duration?: Duration.Duration
    }>()
    expect<VoiceIsolation.Isolated>().type.toBe<{ readonly audioUrl: URL }>()
    expect<Image.Images["images"][0]["imageUrl"]>().type.toBe<URL>()
    expect<Image.Images["images"][number]["width"]>().type.toBe<number | undefined>()
  })

  test("a voice has one kind of id", () => {
    expect<VoiceClone.Created["voiceId"]>().type.toBe<VoiceClone.VoiceId>()
    expect<VoiceClone.Voice["voiceId"]>().type.toBe<VoiceClone.VoiceId>()
    expect<VoiceClone.VoiceId>().type.toBeAssignableTo<VoiceClone.DeleteInput["voiceId"]>()
    expect<VoiceClone.VoiceId>().type.toBeAssignableTo<TextToSpeech.MiniMaxInput["voiceSetting"]["voiceId"]>()
  })
})

describe("other inputs", () => {
  test("closed lists are closed, open ones are open", () => {
    expect(VoiceClone.create).type.not.toBeCallableWith({ file, genderTag: "child" })
    expect(VoiceClone.create).type.toBeCallableWith({ file, genderTag: "male", languageTag: "Klingon" })
  })

  test("the voice changer takes no receiveUrl", () => {
    expect(VoiceChanger.change).type.not.toBeCallableWith({ file, voiceId: "v1", receiveUrl: "https://example.com" })
  })

  test("a model's parameters are JSON", () => {
    const of = (modelParameters: Image.ModelParameters) => ({ modelId: "m", modelParameters })
    expect(of).type.toBeCallableWith({ aspectRatio: "16:9", seed: 7, style: { tags: ["ink", null] } })
    expect(of).type.toBeCallableWith({ aspectRatio: undefined, seed: undefined })
    expect(of).type.not.toBeCallableWith({ aspectRatio: 16 / 9 })
    expect(of).type.not.toBeCallableWith({ seed: 7n })
    expect(of).type.not.toBeCallableWith({ onDone: () => 1 })
    expect(of).type.not.toBeCallableWith({ style: { since: new Date() } })
  })

  test("a file is an upload", () => {
    expect(SpeechToText.transcribe).type.not.toBeCallableWith({ file: "talk.mp3" })
  })
})
