/** Text to speech in its three families. A model that is left out is the one the documentation names first. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as JsonBody from "./jsonBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const VoiceBody = Schema.Struct({
  text: Schema.NonEmptyString,
  model_id: Fields.optional(Schema.NonEmptyString),
  with_transcript: Fields.optional(Schema.Boolean),
  receive_url: Fields.optional(Fields.ReceiveUrl),
  voice_settings: Fields.optional(
    Schema.Struct({
      stability: Fields.optional(Schema.Finite),
      similarity_boost: Fields.optional(Schema.Finite),
      style: Fields.optional(Schema.Finite),
      use_speaker_boost: Fields.optional(Schema.Boolean),
      speed: Fields.optional(Schema.Finite)
    })
  )
})

const readVoice = JsonBody.decode(VoiceBody)

export const voice: Route = Task.route({
  template: "POST /v1/text-to-speech/{voice_id}",
  query: ["output_format"],
  type: "tts",
  price: "voiceSpeech",
  read: readVoice,
  order: ({ text, model_id = "eleven_multilingual_v2", with_transcript = false, receive_url }) => ({
    model: model_id,
    receiveUrl: receive_url,
    result: (taskId) => Result.speech(taskId, text, with_transcript ? ["srt_url", "json_url"] : [])
  })
})

const MiniMaxBody = Schema.Struct({
  text: Schema.NonEmptyString,
  model: Fields.optional(Schema.NonEmptyString),
  voice_setting: Schema.Struct({
    voice_id: Schema.NonEmptyString,
    vol: Fields.optional(Fields.between(0.5, 2)),
    pitch: Fields.optional(Fields.between(-12, 12)),
    speed: Fields.optional(Fields.between(0.01, 10))
  }),
  language_boost: Fields.optional(Schema.String),
  with_transcript: Fields.optional(Schema.Boolean),
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const readMiniMax = JsonBody.decode(MiniMaxBody)

export const miniMax: Route = Task.route({
  template: "POST /v1m/task/text-to-speech",
  type: "minimax_tts",
  price: "miniMaxSpeech",
  read: readMiniMax,
  order: ({ text, model = "speech-2.6-hd", with_transcript = false, receive_url }) => ({
    model,
    receiveUrl: receive_url,
    result: (taskId) => Result.speech(taskId, text, with_transcript ? ["srt_url"] : [])
  })
})

const EdgeBody = Schema.Struct({
  text: Schema.NonEmptyString,
  voice: Schema.NonEmptyString,
  speed: Fields.optional(Schema.Finite),
  with_transcript: Fields.optional(Schema.Boolean),
  with_loudnorm: Fields.optional(Schema.Boolean),
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const readEdge = JsonBody.decode(EdgeBody)

/** The type of its tasks is unpublished; clients must not depend on this one. */
export const edge: Route = Task.route({
  template: "POST /v1e/task/text-to-speech",
  type: "edge_tts",
  price: "edgeSpeech",
  read: readEdge,
  order: ({ text, with_transcript = false, receive_url }) => ({
    receiveUrl: receive_url,
    result: (taskId) => Result.speech(taskId, text, with_transcript ? ["srt_url", "json_url"] : [])
  })
})
