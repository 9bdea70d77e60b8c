/** Music generation: the request as the API documents it, and the tracks its task leaves behind. */
import * as Schema from "effect/Schema"
import * as Wav from "../Wav.js"
import * as Fields from "./fields.js"
import * as JsonBody from "./jsonBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import type * as State from "./state.js"
import * as Task from "./task.js"

const Body = Schema.Struct({
  model: Schema.NonEmptyString,
  idea: Fields.optional(Schema.String),
  lyrics: Fields.optional(Schema.String),
  title: Fields.optional(Schema.String),
  n: Fields.optional(Fields.ResultCount),
  instrumental: Fields.optional(Schema.Boolean),
  generation_type: Fields.optional(Schema.Int),
  rewrite_idea_switch: Fields.optional(Schema.Boolean),
  receive_url: Fields.optional(Fields.ReceiveUrl)
}).pipe(
  Schema.filter(({ idea = "", lyrics = "", instrumental = false }) => {
    if (instrumental && lyrics !== "") return { path: ["lyrics"], message: "must be empty when instrumental is true" }
    if (idea === "" && lyrics === "") return { path: ["idea"], message: "is required when lyrics is empty" }
    return undefined
  })
)

interface Track {
  readonly name: string
  readonly audio: State.File
  readonly cover: State.File
}

/** All first songs sound alike, and so do all second ones: their samples are computed once. */
const melodies = new Map<number, Uint8Array>()

const melody = (number: number): Uint8Array => {
  const known = melodies.get(number) ?? Wav.melody(2 * (number - 1))
  melodies.set(number, known)
  return known.slice()
}

const track = (taskId: string, number: number): Track => {
  const name = `${taskId}-${number}`
  return {
    name,
    audio: { name: `${name}.wav`, contentType: "audio/wav", bytes: () => melody(number) },
    cover: Result.picture(name, (200 + 40 * number) % 360)
  }
}

const tracks = (taskId: string, count: number, title: string): State.Result => {
  const all = Array.from({ length: count }, (_, index) => track(taskId, index + 1))
  return {
    files: all.flatMap(({ audio, cover }) => [audio, cover]),
    fields: (urlOf) => ({
      metadata: {
        music_result: {
          data: all.map(({ name, audio, cover }) => ({
            audio_url: urlOf(audio.name),
            cover_url: urlOf(cover.name),
            title,
            duration: Wav.durationMillis,
            music_id: name
          }))
        }
      }
    })
  }
}

const read = JsonBody.decode(Body)

export const generate: Route = Task.route({
  template: "POST /v1m/task/music-generation",
  type: "minimax_music",
  price: "music",
  read,
  order: ({ model, n = 1, title = "Untitled", receive_url }) => ({
    model,
    count: n,
    receiveUrl: receive_url,
    result: (taskId) => tracks(taskId, n, title)
  })
})
