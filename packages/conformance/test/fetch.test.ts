import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Effect from "effect/Effect"
import { failures } from "./onThisNode.js"

describe("over fetch, on this Node", () => {
  it.scopedLive(
    "every row of the semantics holds",
    () =>
      Effect.gen(function* () {
        expect(yield* failures("fetch", CheapAi.layerFetch)).toEqual([])
      }),
    300_000
  )
})
