/** The voice changer: the one task that can't be told of by webhook. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as FormBody from "./formBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const VoiceSettings = Schema.Struct({
  stability: Fields.optional(Schema.Finite),
  similarity_boost: Fields.optional(Schema.Finite),
  style: Fields.optional(Schema.Finite),
  use_speaker_boost: Fields.optional(Schema.Boolean)
})

const Body = Schema.Struct({
  file: FormBody.File,
  voice_id: Schema.NonEmptyString,
  model_id: Fields.optional(Schema.NonEmptyString),
  voice_settings: Fields.optional(Schema.parseJson(VoiceSettings)),
  remove_background_noise: Fields.optional(Fields.FlagText)
})

const read = FormBody.decode(Body)

export const change: Route = Task.route({
  template: "POST /v1/task/voice-changer",
  type: "voice_changer",
  price: "voiceChanger",
  read,
  order: ({ model_id = "eleven_multilingual_sts_v2" }) => ({
    model: model_id,
    receiveUrl: undefined,
    result: (taskId) => Result.ofFiles({ audio_url: Result.sound(taskId) })
  })
})
