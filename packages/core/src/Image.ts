/**
 * Images from a prompt and reference images (`/v1i`): which models there are, what a request costs, and making them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CheapAi from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import * as Field from "./internal/field.js"
import { Json } from "./internal/json.js"
import { fromMetadata, readable } from "./internal/result.js"
import {
  Numeric,
  optionalBoolean,
  optionalId,
  optionalNumber,
  optionalString,
  optionalUrl,
  strings,
  Url
} from "./internal/wire.js"
import * as Route from "./Route.js"
import * as Task from "./Task.js"
import * as Upload from "./Upload.js"

/**
 * A model and what it can do. Only its id is certain; a list is empty when the service leaves it out.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Model = Schema.Struct({
  modelId: Schema.propertySignature(Schema.NonEmptyString).pipe(Schema.fromKey("model_id")),
  maxGenerations: optionalNumber.pipe(Schema.fromKey("max_generations")),
  aspectRatios: strings.pipe(Schema.fromKey("aspect_ratios")),
  resolutions: strings,
  supportsImages: optionalBoolean.pipe(Schema.fromKey("supports_images")),
  requiresReferenceImages: optionalBoolean.pipe(Schema.fromKey("requires_reference_images")),
  supportsEnhancePrompt: optionalBoolean.pipe(Schema.fromKey("supports_enhance_prompt")),
  supportsNegativePrompt: optionalBoolean.pipe(Schema.fromKey("supports_negative_prompt")),
  maxAssets: optionalNumber.pipe(Schema.fromKey("max_assets"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Model = typeof Model.Type

/**
 * `GET /v1i/models` (image-generation).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Models = Route.make({
  method: "GET",
  path: "/v1i/models",
  replay: "safe",
  input: Route.NoInput,
  output: Schema.Struct({ models: Schema.Array(Model) }),
  unconfirmed: ["result"]
})

/**
 * The models on offer. A read: retried, costs nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const models: Effect.Effect<ReadonlyArray<Model>, CallError, CheapAi.CheapAi> = Effect.map(
  CheapAi.execute(Models, {}),
  (reply) => reply.models
)

/**
 * A model's own settings: `aspectRatio`, `resolution`, and any other that the model takes, under its wire name.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ModelParameters = Schema.Struct(
  {
    aspectRatio: Field.optional(Field.Name).pipe(Schema.fromKey("aspect_ratio")),
    resolution: Field.optional(Field.Name)
  },
  Schema.Record({ key: Schema.String, value: Field.orUndefined(Json) })
).pipe(
  Schema.filter((parameters) =>
    parameters.aspectRatio !== undefined && "aspect_ratio" in parameters
      ? { path: ["aspect_ratio"], message: "is given as aspectRatio too" }
      : undefined
  )
)
/**
 * @since 0.1.0
 * @category models
 */
export type ModelParameters = typeof ModelParameters.Type

const request = {
  modelId: Schema.propertySignature(Field.Name).pipe(Schema.fromKey("model_id")),
  /** How many images; each costs. */
  generationsCount: Field.optional(Field.wholeFrom(1)).pipe(Schema.fromKey("generations_count")),
  modelParameters: Field.optional(ModelParameters).pipe(Schema.fromKey("model_parameters"))
}

/**
 * What to ask the price of; `assets` is how many reference images there would be.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PriceInput = Schema.Struct({ ...request, assets: Field.optional(Field.wholeFrom(0)) })
/**
 * @since 0.1.0
 * @category models
 */
export type PriceInput = typeof PriceInput.Type

/**
 * `POST /v1i/task/price` (image-generation). A read, although a POST.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Price = Route.make({
  method: "POST",
  path: "/v1i/task/price",
  replay: "safe",
  input: PriceInput,
  output: Schema.Struct({ credits: Numeric })
})

/**
 * What such a request would cost, in credits. A read: retried, costs nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const price = (input: PriceInput): Effect.Effect<number, CallError, CheapAi.CheapAi> =>
  Effect.map(CheapAi.execute(Price, input), (reply) => reply.credits)

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`

/** The service refuses a prompt that names other images than those sent with it. */
const namesFiles = (prompt: string, files: number): string | undefined => {
  const named = new Set([...prompt.matchAll(/@img(\d+)/g)].map(([, number]) => number))
  const wanted = Array.from({ length: files }, (_, index) => String(index + 1))
  if (named.size === files && wanted.every((number) => named.has(number))) return undefined
  const each = files === 0 ? "no @img" : files === 1 ? "@img1" : `@img1 to @img${files}, each of them`
  return `names ${plural(named.size, "image")} for ${plural(files, "file")} in assets: write ${each}`
}

/**
 * What to paint. `@img1` … `@imgN` in the prompt name the `assets` in their order, each of them; without assets there are
 * none.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GenerateInput = Schema.Struct({
  prompt: Field.Text,
  ...request,
  assets: Field.optional(Schema.Array(Upload.UploadFromSelf)),
  receiveUrl: Field.receiveUrl
}).pipe(
  Schema.filter(({ assets = [], prompt }) => {
    const message = namesFiles(prompt, assets.length)
    return message === undefined ? undefined : { path: ["prompt"], message }
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type GenerateInput = typeof GenerateInput.Type

/**
 * One image; sizes in pixels. Only its address is certain.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Picture = Schema.Struct({
  imageUrl: Url,
  previewUrl: optionalUrl,
  id: optionalId,
  mimeType: optionalString,
  width: optionalNumber,
  height: optionalNumber
})
/**
 * @since 0.1.0
 * @category models
 */
export type Picture = typeof Picture.Type

/**
 * The images of a finished task.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Images = fromMetadata(
  Schema.Struct({
    images: Schema.propertySignature(readable(Picture)).pipe(Schema.fromKey("result_images"))
  })
)
/**
 * @since 0.1.0
 * @category models
 */
export type Images = typeof Images.Type

/**
 * `POST /v1i/task/generate-image` (image-generation).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Generate = Route.makeTask({
  path: "/v1i/task/generate-image",
  encoding: "multipart",
  input: GenerateInput,
  result: Images,
  unconfirmed: ["result"]
})

/**
 * Creates a task that makes images. Billed: `price` says how much; sent again only when nothing can have been done (or the
 * service says that it failed). Await it with `Task.await`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generate = (input: GenerateInput): Effect.Effect<Task.Task<Images>, CallError, CheapAi.CheapAi> =>
  Task.submit(Generate, input)

/**
 * What the service would charge for this input, for `CheapAi.withExpectedCredits`. A read: retried, costs nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const priceOf = ({
  assets = [],
  generationsCount,
  modelId,
  modelParameters
}: GenerateInput): Effect.Effect<number, CallError, CheapAi.CheapAi> =>
  price({ modelId, generationsCount, modelParameters, assets: assets.length })
