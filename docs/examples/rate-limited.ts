/** 429 for pace is waited out; 429 for the daily spend limit is not. */
import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAi, Music } from "@effect-cheapai/core"
import { Fault, Simulator, SimulatorClient } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make()
  const withKey = (key: string) =>
    Layer.provide(CheapAi.layer({ apiKey: Redacted.make(key) }), SimulatorClient.layer(simulator))

  yield* simulator.inject(Fault.reply("GET /v1/credits", Fault.tooManyRequests(1)))
  const credits = yield* Account.credits.pipe(
    CheapAi.tapAttempt(({ result, status, waitedFor = "nothing" }) =>
      Console.log(`pace: ${status} ${result}, after waiting for ${waitedFor}`)
    ),
    Effect.provide(withKey("sk_test_valid"))
  )
  yield* Console.log(`pace: ${credits} credits`)

  yield* Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
    Effect.catchTag("RateLimitedError", (error) =>
      error.reason === "daily-limit"
        ? Console.log(`daily limit: ${error.attempts.length} request. ${error.remedy}`)
        : Effect.fail(error)
    ),
    Effect.provide(withKey("sk_test_daily"))
  )
})

NodeRuntime.runMain(program)
