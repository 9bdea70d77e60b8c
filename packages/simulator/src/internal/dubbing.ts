/** Dubbing. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as FormBody from "./formBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const Body = Schema.Struct({
  file: FormBody.File,
  target_lang: Schema.NonEmptyString,
  source_lang: Fields.optional(Schema.String),
  num_speakers: Fields.optional(Fields.NumberText),
  disable_voice_cloning: Fields.optional(Fields.FlagText),
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const read = FormBody.decode(Body)

export const dub: Route = Task.route({
  template: "POST /v1/task/dubbing",
  type: "dubbing",
  price: "dubbing",
  read,
  order: ({ receive_url }) => ({
    receiveUrl: receive_url,
    result: (taskId) => Result.speech(taskId, Result.heard, ["srt_url", "json_url"])
  })
})
