/** Speech to text. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as FormBody from "./formBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const Body = Schema.Struct({
  file: FormBody.File,
  tag_audio_events: Fields.optional(Fields.FlagText),
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const read = FormBody.decode(Body)

export const transcribe: Route = Task.route({
  template: "POST /v1/task/speech-to-text",
  type: "speech_to_text",
  price: "speechToText",
  read,
  order: ({ receive_url }) => ({
    receiveUrl: receive_url,
    result: (taskId) =>
      Result.ofFiles({
        json_url: Result.transcript(taskId, Result.heard),
        srt_url: Result.subtitles(taskId, Result.heard)
      })
  })
})
