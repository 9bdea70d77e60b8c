import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { CheapAi } from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { readable } from "./internal/result.js"
import { optionalId, optionalMillis, optionalString, optionalUrl, Url } from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"

/**
 * What to make. One of `idea` and `lyrics` is needed; with `instrumental` there are no lyrics. `n` songs cost `n` times
 * as much; what happens without it is not documented.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Input = Schema.Struct({
  /** `music-2.5+`, `music-2.5`, or another that the service offers. */
  model: Field.Name,
  idea: Field.optional(Schema.String),
  lyrics: Field.optional(Schema.String),
  title: Field.optional(Schema.String),
  n: Field.optional(Field.wholeFrom(1)),
  instrumental: Field.optional(Field.Flag),
  generationType: Field.optional(Field.Whole).pipe(Schema.fromKey("generation_type")),
  rewriteIdea: Field.optional(Field.Flag).pipe(Schema.fromKey("rewrite_idea_switch")),
  receiveUrl: Field.receiveUrl
}).pipe(
  Schema.filter((input) => {
    if (Field.isBlank(input.idea) && Field.isBlank(input.lyrics)) {
      return { path: ["idea"], message: "is needed when there are no lyrics" }
    }
    return input.instrumental === true && (input.lyrics ?? "") !== ""
      ? { path: ["lyrics"], message: "must be left out of an instrumental" }
      : undefined
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Input = typeof Input.Type

/**
 * One song. Only its address is certain.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Track = Schema.Struct({
  audioUrl: Schema.propertySignature(Url).pipe(Schema.fromKey("audio_url")),
  coverUrl: optionalUrl.pipe(Schema.fromKey("cover_url")),
  title: optionalString,
  duration: optionalMillis,
  musicId: optionalId.pipe(Schema.fromKey("music_id"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Track = typeof Track.Type

const Finished = Schema.Struct({
  metadata: Schema.Struct({ music_result: Schema.Struct({ data: readable(Track) }) })
})

/** An older form: two lists of addresses, read as one list of tracks. */
const OlderFinished = Schema.transform(
  Schema.Struct({
    metadata: Schema.Struct({ audio_url: Schema.Array(Schema.Unknown), cover_url: Schema.optional(Schema.Unknown) })
  }),
  Finished,
  {
    strict: true,
    decode: ({ metadata: { audio_url, cover_url } }) => {
      const covers = Array.isArray(cover_url) ? cover_url : []
      const data = audio_url.map((audio, index) => ({ audio_url: audio, cover_url: covers[index] }))
      return { metadata: { music_result: { data } } }
    },
    encode: ({ metadata: { music_result } }) => ({
      metadata: { audio_url: music_result.data.map((track: unknown) => Object(track).audio_url) }
    })
  }
)

/**
 * The songs of a finished task.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Songs = Schema.transform(
  Schema.Union(Finished, OlderFinished),
  Schema.typeSchema(Schema.Struct({ tracks: Schema.NonEmptyArray(Track) })),
  {
    strict: true,
    decode: ({ metadata }) => ({ tracks: metadata.music_result.data }),
    encode: ({ tracks }) => ({ metadata: { music_result: { data: tracks } } })
  }
)
/**
 * @since 0.1.0
 * @category models
 */
export type Songs = typeof Songs.Type

/**
 * `POST /v1m/task/music-generation` (music-generation).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Generate = Route.makeTask({
  path: "/v1m/task/music-generation",
  input: Input,
  result: Songs
})

/**
 * Creates a task that makes music. Billed, `n` times the model's price; sent again only when nothing can have been done
 * (or the service says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generate = (input: Input): Effect.Effect<Task.Task<Songs>, CallError, CheapAi> =>
  Task.submit(Generate, input)
