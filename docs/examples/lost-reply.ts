/** A billed POST whose reply is lost, under each policy: what the server saw, and what it charged. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, Music, RetryPolicy } from "@effect-cheapai/core"
import { Fault, Ledger, Simulator, SimulatorClient } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const policies = { standard: RetryPolicy.standard, payOnce: RetryPolicy.payOnce, documented: RetryPolicy.documented }

const lose = (name: string, policy: RetryPolicy.AnyPolicy) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator.make()
    yield* simulator.inject(Fault.drop(Music.Generate.key, { booked: true }))
    const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), retry: policy }).pipe(
      Layer.provide(SimulatorClient.layer(simulator))
    )
    const ended = yield* Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
      Effect.match({ onFailure: (error) => `outcome ${error.outcome}`, onSuccess: () => "a task" }),
      Effect.provide(service)
    )
    const requests = (yield* simulator.requests).length
    const charges = Ledger.charges(yield* simulator.ledger).length
    yield* Console.log(`${name}: ${requests} requests, ${charges} charges, ${ended}`)
  })

NodeRuntime.runMain(Effect.forEach(Object.entries(policies), ([name, policy]) => lose(name, policy)))
