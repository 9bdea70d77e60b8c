/** What the demo promises: it ends with an error when one of these does not hold. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

export class BrokenPromise extends Data.TaggedError("BrokenPromise")<{ readonly message: string }> {}

export const promise = (holds: boolean, message: string): Effect.Effect<void, BrokenPromise> =>
  holds ? Effect.void : Effect.fail(new BrokenPromise({ message }))
