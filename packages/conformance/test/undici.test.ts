import { describe, expect, it } from "@effect/vitest"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import { failures } from "./onThisNode.js"

describe("over undici, on this Node", () => {
  it.scopedLive(
    "every row of the semantics holds",
    () =>
      Effect.gen(function* () {
        expect(yield* failures("node", NodeCheapAi.layer)).toEqual([])
      }),
    300_000
  )
})
