import { describe, expect, it } from "@effect/vitest"
import { BrowserCheapAi } from "@effect-cheapai/browser"
import { Account, type CheapAi, Music } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { TestCheapAi } from "@effect-cheapai/testing"
import { Effect, Layer, Redacted } from "effect"
import { program } from "./program.js"

const key = Redacted.make("sk_test_valid")

const server = SimulatorServer.make({ credits: 5000, taskDuration: "1 second" })

const tracks = [{ audioUrl: new URL("https://cdn.example.com/1.mp3") }] as const

const layers = {
  NodeCheapAi: Layer.unwrapScoped(Effect.map(server, ({ url }) => NodeCheapAi.layer({ apiKey: key, baseUrl: url }))),
  BrowserCheapAi: Layer.unwrapScoped(
    Effect.map(server, ({ url }) =>
      BrowserCheapAi.layer({ token: key, baseUrl: url, dangerouslyAllowApiKeyInBrowser: true })
    )
  ),
  TestCheapAi: TestCheapAi.layer(
    TestCheapAi.on(Account.Credits, () => Effect.succeed({ credits: 5000 })),
    TestCheapAi.on(Music.Generate, () => Effect.succeed({ tracks }))
  )
} satisfies Record<string, Layer.Layer<CheapAi.CheapAi, unknown>>

describe("one program, three layers", () => {
  it.live.each(Object.entries(layers))("%s", ([, layer]) =>
    Effect.gen(function* () {
      const result = yield* Effect.provide(program, layer)
      expect(result).toEqual({ before: 5000, tracks: 1, sameTask: true, refused: "InvalidInputError" })
    })
  )
})
