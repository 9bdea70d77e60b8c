/** One accepted request for each route that makes a task, and what its task looks like when it is done. */
import type * as Prices from "@effect-cheapai/simulator/Prices"
import type * as Wire from "@effect-cheapai/simulator/Wire"
import { type Form, postForm, postJson } from "./requests.js"

export const bytes = new Uint8Array([1, 2, 3])

type Fields = Readonly<Record<string, unknown>>

export interface Generation {
  readonly route: string
  readonly price: keyof Prices.Prices
  readonly type: string
  /** What `metadata` is, given the URL of a file by the end of its name. */
  readonly metadata: (url: (end: string) => string) => unknown
  /** The model that is used when the request names none, and the field that names one. */
  readonly model?: { readonly field: string; readonly unnamed?: string }
  /** The smallest request that is accepted, changed by these fields; undefined takes one away. */
  readonly send: (fields?: Fields, key?: string) => Wire.WireRequest
  /** Every field at once. */
  readonly all: Fields
  readonly hasWebhook: boolean
}

const json =
  (target: string, least: Fields): Generation["send"] =>
  (fields = {}, key) =>
    postJson(target, { ...least, ...fields }, key)

/** A field of a form is text, bytes or several of them; whatever else a table holds is sent as its text. */
const formOf = (fields: Fields): Form =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value === undefined || value instanceof Uint8Array || Array.isArray(value) ? value : String(value)
    ])
  )

const form =
  (target: string, least: Fields): Generation["send"] =>
  (fields = {}, key) =>
    postForm(target, formOf({ ...least, ...fields }), key)

const receive_url = "https://example.test/hook"

export const musicGeneration: Generation = {
  route: "POST /v1m/task/music-generation",
  price: "music",
  type: "minimax_music",
  metadata: (url) => ({
    music_result: {
      data: [
        {
          audio_url: url("-1.wav"),
          cover_url: url("-1.svg"),
          title: "Untitled",
          duration: 3600,
          music_id: "task_000001-1"
        }
      ]
    }
  }),
  model: { field: "model" },
  send: json("/v1m/task/music-generation", { model: "music-2.5", idea: "rain" }),
  all: {
    lyrics: "la",
    title: "Rain",
    n: 3,
    generation_type: 1,
    rewrite_idea_switch: false,
    instrumental: false,
    receive_url
  },
  hasWebhook: true
}

export const voiceSpeech: Generation = {
  route: "POST /v1/text-to-speech/{voice_id}",
  price: "voiceSpeech",
  type: "tts",
  metadata: (url) => ({ audio_url: url(".wav") }),
  model: { field: "model_id", unnamed: "eleven_multilingual_v2" },
  send: json("/v1/text-to-speech/voice%201?output_format=mp3_44100_128", { text: "Hello" }),
  all: {
    model_id: "eleven_v9",
    with_transcript: true,
    voice_settings: { stability: 0.5, similarity_boost: 0.7, style: 0, use_speaker_boost: true, speed: 1.1 },
    receive_url
  },
  hasWebhook: true
}

export const miniMaxSpeech: Generation = {
  route: "POST /v1m/task/text-to-speech",
  price: "miniMaxSpeech",
  type: "minimax_tts",
  metadata: (url) => ({ audio_url: url(".wav") }),
  model: { field: "model", unnamed: "speech-2.6-hd" },
  send: json("/v1m/task/text-to-speech", { text: "Hello", voice_setting: { voice_id: "v" } }),
  all: {
    model: "speech-9",
    voice_setting: { voice_id: "v", vol: 2, pitch: -12, speed: 0.01 },
    language_boost: "auto",
    with_transcript: true,
    receive_url
  },
  hasWebhook: true
}

export const edgeSpeech: Generation = {
  route: "POST /v1e/task/text-to-speech",
  price: "edgeSpeech",
  type: "edge_tts",
  metadata: (url) => ({ audio_url: url(".wav") }),
  send: json("/v1e/task/text-to-speech", { text: "Hello", voice: "en-US-BrianMultilingualNeural" }),
  all: { speed: 1.5, with_transcript: true, with_loudnorm: false, receive_url },
  hasWebhook: true
}

export const soundEffect: Generation = {
  route: "POST /v1/task/sound-effect",
  price: "soundEffect",
  type: "sound_effect",
  metadata: (url) => ({ output_uri: url(".wav"), character_cost: 7, duration_seconds: 2 }),
  model: { field: "model_id", unnamed: "eleven_text_to_sound_v2" },
  send: json("/v1/task/sound-effect", { text: "a door" }),
  all: { duration_seconds: 0.5, prompt_influence: 1, loop: true, model_id: "sound-9", receive_url },
  hasWebhook: true
}

export const speechToText: Generation = {
  route: "POST /v1/task/speech-to-text",
  price: "speechToText",
  type: "speech_to_text",
  metadata: (url) => ({ json_url: url(".json"), srt_url: url(".srt") }),
  send: form("/v1/task/speech-to-text", { file: bytes }),
  all: { tag_audio_events: true, receive_url },
  hasWebhook: true
}

export const dubbing: Generation = {
  route: "POST /v1/task/dubbing",
  price: "dubbing",
  type: "dubbing",
  metadata: (url) => ({ audio_url: url(".wav"), srt_url: url(".srt"), json_url: url(".json") }),
  send: form("/v1/task/dubbing", { file: bytes, target_lang: "de" }),
  all: { source_lang: "en", num_speakers: 0, disable_voice_cloning: false, receive_url },
  hasWebhook: true
}

export const voiceChanger: Generation = {
  route: "POST /v1/task/voice-changer",
  price: "voiceChanger",
  type: "voice_changer",
  metadata: (url) => ({ audio_url: url(".wav") }),
  model: { field: "model_id", unnamed: "eleven_multilingual_sts_v2" },
  send: form("/v1/task/voice-changer", { file: bytes, voice_id: "v" }),
  all: {
    model_id: "sts-9",
    voice_settings: '{"stability":0.5,"similarity_boost":1,"style":0,"use_speaker_boost":false}',
    remove_background_noise: true
  },
  hasWebhook: false
}

export const voiceIsolation: Generation = {
  route: "POST /v1/task/voice-isolate",
  price: "voiceIsolation",
  type: "voice_isolate",
  metadata: (url) => ({ output_uri: url(".wav") }),
  send: form("/v1/task/voice-isolate", { file: bytes }),
  all: { receive_url },
  hasWebhook: true
}

export const image: Generation = {
  route: "POST /v1i/task/generate-image",
  price: "image",
  type: "imagen2",
  metadata: (url) => ({
    result_images: [
      {
        id: "task_000001-1",
        imageUrl: url("-1.svg"),
        previewUrl: url("-1-preview.svg"),
        mimeType: "image/svg+xml",
        width: 64,
        height: 64
      }
    ]
  }),
  model: { field: "model_id" },
  send: form("/v1i/task/generate-image", { prompt: "a lighthouse", model_id: "nano-banana" }),
  all: {
    prompt: "@img1 beside @img2, like @img1",
    generations_count: 4,
    model_parameters: '{"aspect_ratio":"1:1","resolution":"2k","seed":7}',
    assets: [bytes, bytes],
    receive_url
  },
  hasWebhook: true
}

export const generations: ReadonlyArray<Generation> = [
  ...[musicGeneration, voiceSpeech, miniMaxSpeech, edgeSpeech, soundEffect],
  ...[speechToText, dubbing, voiceChanger, voiceIsolation, image]
]
