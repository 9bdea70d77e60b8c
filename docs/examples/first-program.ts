import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAiError, Music, Task } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const song = Effect.gen(function* () {
  yield* Console.log(`balance: ${yield* Account.credits} credits`)
  const task = yield* Music.generate({ model: "music-2.5", idea: "rain on a tin roof", instrumental: true })
  const { creditCost, tracks } = yield* Task.await(task, { timeout: "10 minutes" })
  yield* Console.log(`${tracks[0].audioUrl.pathname} for ${creditCost} credits`)
}).pipe(
  Effect.catchTags({
    InsufficientBalanceError: (error) => Console.log(error.remedy),
    TaskTimeoutError: (error) => Console.log(`not done yet; keep the id ${error.task.id} and await it later`)
  }),
  Effect.tapErrorTag("RateLimitedError", (error) => Console.log(CheapAiError.explain(error)))
)

// With a key of your own: `NodeCheapAi.layerConfig()`, which reads CHEAPAI_API_KEY, in place of this layer.
const simulated = Layer.unwrapScoped(
  Effect.map(SimulatorServer.make({ taskDuration: "1 second" }), ({ url }) =>
    NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url })
  )
)

NodeRuntime.runMain(Effect.provide(song, simulated))
