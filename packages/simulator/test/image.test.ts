import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import { image } from "./generations.js"
import { get, jsonOf, postJson, status } from "./requests.js"

const price = (json: unknown, key?: string) => postJson("/v1i/task/price", json, key)

describe("models of images", () => {
  it.effect("one has every field, one only its id", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const { models, success } = jsonOf(yield* simulator.handle(get("/v1i/models")))
      expect(success).toBe(true)
      expect(Object.keys(models[0])).toEqual([
        ...["model_id", "max_generations", "aspect_ratios", "resolutions", "supports_images"],
        ...["requires_reference_images", "supports_enhance_prompt", "supports_negative_prompt", "max_assets"]
      ])
      expect(Object.keys(models[1])).toEqual(["model_id"])
    })
  )
})

describe("the price of images", () => {
  it.effect.each([undefined, 1, 10])("for %s generations is what the submit charges, and costs nothing", (count) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ prices: { image: 11 } })
      const asked = { model_id: "m", generations_count: count, model_parameters: { aspect_ratio: "1:1" }, assets: 0 }
      const { credits, success } = jsonOf(yield* simulator.handle(price(asked)))
      expect(success).toBe(true)
      expect(credits).toBe(11 * (count ?? 1))
      expect((yield* simulator.ledger).entries).toEqual([])
      const submitted = jsonOf(yield* simulator.handle(image.send({ model_id: "m", generations_count: count })))
      expect(submitted.estimated_credits).toBe(credits)
      expect(Ledger.charged(yield* simulator.ledger)).toBe(credits)
    })
  )

  it.effect.each<readonly [unknown, string]>([
    [{}, "model_id"],
    [{ model_id: "" }, "model_id"],
    [{ model_id: "m", generations_count: "1" }, "generations_count"],
    [{ model_id: "m", generations_count: 0 }, "generations_count"],
    [{ model_id: "m", generations_count: 11 }, "generations_count"],
    [{ model_id: "m", model_parameters: "{}" }, "model_parameters"],
    [{ model_id: "m", assets: ["a"] }, "assets"],
    [{ model_id: "m", assets: -1 }, "assets"],
    [{ model_id: "m", assets: 1.5 }, "assets"],
    [{ model_id: "m", prompt: "x" }, "prompt"],
    [{ model_id: "m", receive_url: "https://a.test" }, "receive_url"]
  ])("%j is a 400 that names %s", ([json, field]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const reply = yield* simulator.handle(price(json))
      expect(status(reply)).toBe(400)
      expect(jsonOf(reply).error.message.slice(0, field.length + 2)).toBe(`${field}: `)
      expect((yield* simulator.ledger).entries).toEqual([])
    })
  )

  it.effect("is a read: told over the daily limit, but not for a model the key may not use", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ credits: 0 })
      expect(status(yield* simulator.handle(price({ model_id: "m" }, "sk_test_daily")))).toBe(200)
      expect(status(yield* simulator.handle(price({ model_id: "m" }, "sk_test_forbidden")))).toBe(403)
    })
  )
})

describe("packages", () => {
  it.effect("are some JSON", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      expect(jsonOf(yield* simulator.handle(get("/v1/packages")))).toMatchObject({ success: true })
      expect(status(yield* simulator.handle(get("/v1/packages", null)))).toBe(401)
    })
  )
})
