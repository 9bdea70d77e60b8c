/** Music generation: the request as the API documents it, and the tracks its task leaves behind. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as ApiKey from "../ApiKey.js"
import * as Wav from "../Wav.js"
import * as JsonBody from "./jsonBody.js"
import { type Call, type Route, refuse } from "./route.js"
import type * as State from "./state.js"
import * as Task from "./task.js"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** "Usually 1-3" says the API; the limit keeps one request from asking for a million tracks. */
const Tracks = Schema.Int.pipe(Schema.between(1, 10, { message: () => "must be from 1 to 10" }))

const Body = Schema.Struct({
  model: Schema.NonEmptyString,
  idea: optional(Schema.String),
  lyrics: optional(Schema.String),
  title: optional(Schema.String),
  n: optional(Tracks),
  instrumental: optional(Schema.Boolean),
  generation_type: optional(Schema.Int),
  rewrite_idea_switch: optional(Schema.Boolean),
  receive_url: optional(Schema.String)
}).pipe(
  Schema.filter(({ idea = "", lyrics = "", instrumental = false }) => {
    if (instrumental && lyrics !== "") return { path: ["lyrics"], message: "must be empty when instrumental is true" }
    if (idea === "" && lyrics === "") return { path: ["idea"], message: "is required when lyrics is empty" }
    return undefined
  })
)

const cover = (hue: number): Uint8Array =>
  new TextEncoder().encode(
    [
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">',
      `<rect width="64" height="64" fill="hsl(${hue} 60% 45%)"/>`,
      '<circle cx="32" cy="32" r="20" fill="none" stroke="white" stroke-width="3"/>',
      '<circle cx="32" cy="32" r="4" fill="white"/>',
      "</svg>"
    ].join("")
  )

const track = (call: Call, taskId: string, number: number, title: string) => {
  const name = `${taskId}-${number}`
  const files: ReadonlyArray<State.File> = [
    { name: `${name}.wav`, contentType: "audio/wav", bytes: () => Wav.melody(2 * (number - 1)) },
    { name: `${name}.svg`, contentType: "image/svg+xml", bytes: () => cover((200 + 40 * number) % 360) }
  ]
  const data = {
    audio_url: `${call.settings.fileOrigin}/files/${name}.wav`,
    cover_url: `${call.settings.fileOrigin}/files/${name}.svg`,
    title,
    duration: Wav.durationMillis,
    music_id: name
  }
  return { files, data }
}

const result = (call: Call, body: typeof Body.Type) => (taskId: string) => {
  const tracks = Array.from({ length: body.n ?? 1 }, (_, index) =>
    track(call, taskId, index + 1, body.title ?? "Untitled")
  )
  return {
    metadata: { music_result: { data: tracks.map(({ data }) => data) } },
    files: tracks.flatMap(({ files }) => files)
  }
}

const template = "POST /v1m/task/music-generation"
const decode = JsonBody.decode(Body)

export const generate: Route = {
  template,
  access: "billed",
  answer: (call) =>
    Either.match(decode(call.request), {
      onLeft: (reply) => ({ reply, state: call.state }),
      onRight: (body) => {
        if (!ApiKey.isAllowed(call.key, body.model)) {
          return { reply: refuse(403, "This key may not use this model"), state: call.state }
        }
        const credits = (body.n ?? 1) * call.settings.musicPrice
        return Task.submit(call, { route: template, type: "minimax_music", credits, result: result(call, body) })
      }
    })
}
