/** 502, "or try a different route": another model, but only when the first request can't be at work still. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, Music, RetryPolicy, Task } from "@effect-cheapai/core"
import { Fault, Ledger, Simulator, SimulatorClient, Wire } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const submit = (model: string) => Music.generate({ model, idea: "rain on a tin roof", instrumental: true })

const song = submit("music-2.5+").pipe(
  CheapAi.withRetryPolicy(RetryPolicy.payOnce),
  Effect.catchTag("ProcessingError", (error) =>
    error.outcome === "unknown"
      ? Effect.fail(error)
      : Effect.zipRight(Console.log(`502, ${error.outcome}: trying another model`), submit("music-2.5"))
  ),
  Effect.flatMap((task) => Task.await(task)),
  Effect.tap(({ tracks }) => Console.log(`${tracks.length} track`)),
  Effect.catchTag("ProcessingError", (error) => Console.log(`502, ${error.outcome}: it may be paid for, so I stop`))
)

const failed = Wire.json(502, { success: false, error: "The generation service returned an error" })

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make({ taskDuration: "1 second" })
  const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(SimulatorClient.layer(simulator))
  )
  // The service's own words, then a gateway's page for a request that was carried out.
  yield* simulator.inject(Fault.reply(Music.Generate.key, failed))
  yield* Effect.provide(song, service)
  yield* simulator.inject(Fault.reply(Music.Generate.key, Fault.nginx502, { booked: true }))
  yield* Effect.provide(song, service)
  yield* Console.log(`${Ledger.charges(yield* simulator.ledger).length} charges for 2 calls`)
})

NodeRuntime.runMain(program)
