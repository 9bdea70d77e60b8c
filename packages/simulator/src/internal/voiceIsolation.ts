/** Voice isolation, whose result stands in one of two places. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as FormBody from "./formBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const Body = Schema.Struct({
  file: FormBody.File,
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const read = FormBody.decode(Body)

export const isolate: Route = Task.route({
  template: "POST /v1/task/voice-isolate",
  type: "voice_isolate",
  price: "voiceIsolation",
  read,
  order: ({ receive_url }) => ({
    receiveUrl: receive_url,
    result: (taskId, { isolationOutput }) => {
      const file = Result.sound(taskId)
      return {
        files: [file],
        fields: (urlOf) => {
          const output = { output_uri: urlOf(file.name) }
          return isolationOutput === "root" ? output : { metadata: output }
        }
      }
    }
  })
})
