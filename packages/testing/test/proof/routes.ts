/** The routes that a story may call. Each billed request carries a mark in its body that tells whose it is. */
import * as Account from "@effect-cheapai/core/Account"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Dubbing from "@effect-cheapai/core/Dubbing"
import * as Image from "@effect-cheapai/core/Image"
import * as Music from "@effect-cheapai/core/Music"
import * as SoundEffect from "@effect-cheapai/core/SoundEffect"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceChanger from "@effect-cheapai/core/VoiceChanger"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** A task that was submitted: its end is the address of a file. */
export interface Submitted {
  readonly id: string
  readonly await: (timeout: Duration.DurationInput) => Effect.Effect<URL, CallError | TaskError, CheapAi.CheapAi>
}

type Call<A> = Effect.Effect<A, CallError, CheapAi.CheapAi>

const task =
  <A>(submit: (mark: string) => Call<Task.Task<A>>, fileOf: (result: Task.Result<A>) => URL) =>
  (mark: string): Call<Submitted> =>
    Effect.map(submit(mark), (submitted) => ({
      id: submitted.id,
      await: (timeout) => Effect.map(Task.await(submitted, { timeout }), fileOf)
    }))

const recording = (mark: string) => Upload.fromBytes(new Uint8Array(64), { name: `${mark}.mp3` })

export const tasks = {
  voice: task(
    (mark) => TextToSpeech.voice({ text: mark, voiceId: "anna" }),
    ({ audioUrl }) => audioUrl
  ),
  miniMax: task(
    (mark) => TextToSpeech.miniMax({ text: mark, model: "speech-2.6-hd", voiceSetting: { voiceId: "anna" } }),
    ({ audioUrl }) => audioUrl
  ),
  edge: task(
    (mark) => TextToSpeech.edge({ text: mark, voice: "en-US-BrianMultilingualNeural" }),
    ({ audioUrl }) => audioUrl
  ),
  soundEffect: task(
    (mark) => SoundEffect.generate({ text: mark }),
    ({ audioUrl }) => audioUrl
  ),
  music: task(
    (mark) => Music.generate({ model: "music-2.5", idea: mark }),
    ({ tracks }) => tracks[0].audioUrl
  ),
  speechToText: task(
    (mark) => SpeechToText.transcribe({ file: recording(mark) }),
    ({ srtUrl }) => srtUrl
  ),
  dubbing: task(
    (mark) => Dubbing.dub({ file: recording(mark), targetLang: "de" }),
    ({ audioUrl }) => audioUrl
  ),
  voiceChanger: task(
    (mark) => VoiceChanger.change({ file: recording(mark), voiceId: "anna" }),
    ({ audioUrl }) => audioUrl
  ),
  voiceIsolation: task(
    (mark) => VoiceIsolation.isolate({ file: recording(mark) }),
    ({ audioUrl }) => audioUrl
  ),
  image: task(
    (mark) => Image.generate({ prompt: `${mark}, after @img1`, modelId: "imagen", assets: [recording(mark)] }),
    ({ images }) => images[0].imageUrl
  )
}

/** Billed, and answered with a voice and no task. */
export const clone = (mark: string): Call<VoiceClone.Created> =>
  VoiceClone.create({ file: recording(mark), voiceName: mark })

/** A DELETE: `safe`. */
export const deleteVoice = ({ voiceId }: VoiceClone.Created): Call<void> => VoiceClone.delete({ voiceId })

/** All `safe`: one is a POST. */
export const reads = {
  credits: Account.credits,
  packages: Account.packages,
  models: Image.models,
  price: Image.price({ modelId: "imagen", assets: 1 }),
  voices: VoiceClone.list
} satisfies Readonly<Record<string, Call<unknown>>>
