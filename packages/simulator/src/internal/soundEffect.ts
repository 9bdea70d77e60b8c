/** Sound effects. */
import * as Schema from "effect/Schema"
import * as Fields from "./fields.js"
import * as JsonBody from "./jsonBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import * as Task from "./task.js"

const longestText = 450

/** Counted as a person counts, so that a client which counts UTF-16 units is never refused. */
const Text = Schema.NonEmptyString.pipe(
  Schema.filter((text) => Array.from(text).length <= longestText, {
    message: () => `must not be longer than ${longestText} characters`
  })
)

const Body = Schema.Struct({
  text: Text,
  duration_seconds: Fields.optional(Fields.between(0.5, 30)),
  prompt_influence: Fields.optional(Fields.between(0, 1)),
  loop: Fields.optional(Schema.Boolean),
  model_id: Fields.optional(Schema.NonEmptyString),
  receive_url: Fields.optional(Fields.ReceiveUrl)
})

const read = JsonBody.decode(Body)

/** The default model is the upstream service's; the documentation names none. */
export const generate: Route = Task.route({
  template: "POST /v1/task/sound-effect",
  type: "sound_effect",
  price: "soundEffect",
  read,
  order: ({ duration_seconds = 2, model_id = "eleven_text_to_sound_v2", receive_url }) => ({
    model: model_id,
    receiveUrl: receive_url,
    result: (taskId, { prices }) => {
      const file = Result.sound(taskId, duration_seconds)
      return {
        files: [file],
        fields: (urlOf) => ({
          metadata: { output_uri: urlOf(file.name), character_cost: prices.soundEffect, duration_seconds }
        })
      }
    }
  })
})
