import { describe, expect, it } from "@effect/vitest"
import * as Image from "@effect-cheapai/core/Image"
import * as SoundEffect from "@effect-cheapai/core/SoundEffect"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import { sentAt } from "./calls.js"

const nested = (depth: number): unknown => {
  let value: unknown = "x"
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

const price = (style: unknown) => {
  const input = { modelId: "imagen2", modelParameters: {} }
  Object.assign(input.modelParameters, { style })
  return Image.price(input)
}

describe("input that no honest program makes", () => {
  it.effect.each([110, 1000, 20_000])("settings nested %d deep are refused", (depth) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(price(nested(depth)))).toMatchObject({ _tag: "InvalidInputError", outcome: "not-sent" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, { success: true, credits: 1 })])))
  )

  it.effect("a getter that throws is refused", () =>
    Effect.gen(function* () {
      const input = {
        get text(): string {
          throw new Error("no")
        }
      }
      const error = yield* Effect.flip(SoundEffect.generate(input))
      expect(error).toMatchObject({ _tag: "InvalidInputError", issues: [{ path: "", reason: "can't be read" }] })
      expect(yield* sentAt).toEqual([])
    }).pipe(Effect.provide(Script.layer([])))
  )
})
