/** Whatever form an error's body has, the error has the same fields. */
import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAi, RetryPolicy } from "@effect-cheapai/core"
import { Fault, Simulator, SimulatorClient, Wire } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const bodies = [
  Wire.json(500, { success: false, error: "Internal error" }),
  Wire.json(500, { error: { message: "Internal error", type: "server_error" } }),
  Wire.json(500, { success: false, message: "Internal error" }),
  Fault.brokenJson(500),
  Fault.nginx502,
  Fault.pollingBusy
]

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make()
  const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(SimulatorClient.layer(simulator))
  )
  yield* simulator.inject(...bodies.map((body) => Fault.reply("GET /v1/credits", body)))

  const once = Account.credits.pipe(CheapAi.withRetryPolicy(RetryPolicy.none), Effect.provide(service), Effect.flip)
  for (const _ of bodies) {
    const error = yield* once
    if (!("source" in error)) return yield* Effect.fail(error)
    yield* Console.log(`${error.status} ${error._tag} from the ${error.source}: ${error.message} (${error.type})`)
  }
})

NodeRuntime.runMain(program)
