/** What becomes of a test whose runtime is not here: it is skipped aloud, or, where `CI` is set, a failure. */
import * as Effect from "effect/Effect"
import { expect, type TestContext } from "vitest"
import { isRequired } from "../../../node/test/real/installed.js"

export const absent = (context: TestContext, message: string): Effect.Effect<void> =>
  Effect.sync(() => {
    if (isRequired) return expect.unreachable(message)
    console.warn(`\n${message}\n`)
    context.skip()
  })
