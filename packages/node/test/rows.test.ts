import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RowsHold from "./rowsHold.js"

describe.concurrent("asked directly", () => {
  RowsHold.hold({ before: Effect.succeed, attempt: (patience) => patience })
})
