/** 500 and 503: a read is sent again with growing waits, and an error that stays tells what was tried. */
import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAi, CheapAiError } from "@effect-cheapai/core"
import { Fault, Simulator, SimulatorClient, Wire } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const internalError = Wire.json(500, { success: false, error: "Internal error" })

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make()
  const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(SimulatorClient.layer(simulator))
  )

  yield* simulator.inject(Fault.reply("GET /v1/credits", internalError))
  yield* Console.log(`after one 500: ${yield* Effect.provide(Account.credits, service)} credits`)

  yield* simulator.inject(Fault.reply("GET /v1/credits", Fault.serviceUnavailable, { times: 3 }))
  const error = yield* Effect.provide(Effect.flip(Account.credits), service)
  yield* Console.log(`after three 503: ${CheapAiError.explain(error)}`)
})

NodeRuntime.runMain(program)
