/** Images: the models, the price of a generation, and the generation. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Wire from "../Wire.js"
import * as Fields from "./fields.js"
import * as FormBody from "./formBody.js"
import * as JsonBody from "./jsonBody.js"
import * as Result from "./result.js"
import type { Route } from "./route.js"
import type * as State from "./state.js"
import * as Task from "./task.js"

/** The second has only what every model has. */
const catalogue = [
  {
    model_id: "nano-banana",
    max_generations: 4,
    aspect_ratios: ["1:1", "16:9", "9:16"],
    resolutions: ["1k", "2k"],
    supports_images: true,
    requires_reference_images: false,
    supports_enhance_prompt: true,
    supports_negative_prompt: false,
    max_assets: 4
  },
  { model_id: "imagen-4" }
]

export const models: Route = {
  template: "GET /v1i/models",
  access: "key",
  answer: ({ state }) => ({ reply: Wire.json(200, { success: true, models: catalogue }), state })
}

const Parameters = Schema.Record({ key: Schema.String, value: Schema.Unknown })

const readPrice = JsonBody.decode(
  Schema.Struct({
    model_id: Schema.NonEmptyString,
    generations_count: Fields.optional(Fields.ResultCount),
    model_parameters: Fields.optional(Parameters),
    assets: Fields.optional(Schema.NonNegativeInt)
  })
)

export const price: Route = {
  template: "POST /v1i/task/price",
  access: "key",
  answer: (call) => ({
    state: call.state,
    reply: Either.match(readPrice(call.request), {
      onLeft: (reply) => reply,
      onRight: ({ model_id, generations_count = 1 }) => {
        const credits = generations_count * call.settings.prices.image
        return Task.modelRefusal(call, model_id) ?? Wire.json(200, { success: true, credits })
      }
    })
  })
}

/** `@img1` to `@imgN`, each of them. */
const namesEach = (prompt: string, files: number): boolean => {
  const named = new Set(prompt.match(/@img\d+/g))
  return (
    named.size === files &&
    Array.from({ length: files }, (_, index) => `@img${index + 1}`).every((name) => named.has(name))
  )
}

const Body = Schema.Struct({
  prompt: Schema.NonEmptyString,
  model_id: Schema.NonEmptyString,
  generations_count: Fields.optional(Fields.ResultCountText),
  model_parameters: Fields.optional(Schema.parseJson(Parameters)),
  assets: Fields.optional(Schema.Array(FormBody.File)),
  receive_url: Fields.optional(Fields.ReceiveUrl)
}).pipe(
  Schema.filter(({ prompt, assets = [] }) => {
    if (namesEach(prompt, assets.length)) return undefined
    return { path: ["assets"], message: `${assets.length} files, which the prompt does not name as @img1 and so on` }
  })
)

const pictures = (taskId: string, count: number): State.Result => {
  const all = Array.from({ length: count }, (_, index) => {
    const id = `${taskId}-${index + 1}`
    const hue = (40 * index) % 360
    return { id, image: Result.picture(id, hue), preview: Result.picture(`${id}-preview`, hue) }
  })
  return {
    files: all.flatMap(({ image, preview }) => [image, preview]),
    fields: (urlOf) => ({
      metadata: {
        result_images: all.map(({ id, image, preview }) => ({
          id,
          imageUrl: urlOf(image.name),
          previewUrl: urlOf(preview.name),
          mimeType: image.contentType,
          width: 64,
          height: 64
        }))
      }
    })
  }
}

const read = FormBody.decode(Body, "assets")

export const generate: Route = Task.route({
  template: "POST /v1i/task/generate-image",
  type: "imagen2",
  price: "image",
  isEstimated: true,
  read,
  order: ({ model_id, generations_count = 1, receive_url }) => ({
    model: model_id,
    count: generations_count,
    receiveUrl: receive_url,
    result: (taskId) => pictures(taskId, generations_count)
  })
})
