/** 400, 401, 402, 403: one request each, and what the program does about it is chosen by the tag. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, Music } from "@effect-cheapai/core"
import { Simulator, SimulatorClient } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const submit = (n: number) =>
  Music.generate({ model: "music-2.5", idea: "rain", n }).pipe(
    Effect.as("accepted"),
    Effect.catchTags({
      BadRequestError: (error) => Effect.succeed(`400: mend the request. ${error.message}`),
      UnauthorizedError: (error) => Effect.succeed(`401: another key is needed. The key is ${error.reason}`),
      InsufficientBalanceError: (error) => Effect.succeed(`402: top up. ${error.message}`),
      ForbiddenError: (error) => Effect.succeed(`403: ask the account's owner. ${error.message}`)
    })
  )

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make({ credits: 2000 })
  const withKey = (key: string) =>
    Layer.provide(CheapAi.layer({ apiKey: Redacted.make(key) }), SimulatorClient.layer(simulator))

  yield* Console.log(yield* Effect.provide(submit(11), withKey("sk_test_valid")))
  yield* Console.log(yield* Effect.provide(submit(1), withKey("sk_test_expired")))
  yield* Console.log(yield* Effect.provide(submit(2), withKey("sk_test_valid")))
  yield* Console.log(yield* Effect.provide(submit(1), withKey("sk_test_forbidden")))
  yield* Console.log(`${(yield* simulator.requests).length} requests for 4 calls`)
})

NodeRuntime.runMain(program)
