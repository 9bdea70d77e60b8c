/** Routes that the library doesn't know: one that answers at once, and one that creates a billed task. Both are made up. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, Route, Task } from "@effect-cheapai/core"
import { Fault, Simulator, SimulatorClient, Wire } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted, Schema } from "effect"
import { Echo, echo } from "../recipe/echo.js"

const Samples = Route.make({
  method: "GET",
  path: "/v1/voices/{voice_id}/samples",
  query: ["limit"],
  replay: "safe",
  input: Schema.Struct({
    voiceId: Schema.propertySignature(Schema.NonEmptyString).pipe(Schema.fromKey("voice_id")),
    limit: Schema.optional(Schema.Int)
  }),
  output: Schema.Struct({ samples: Schema.Array(Schema.String) })
})

const program = Effect.gen(function* () {
  const { samples } = yield* CheapAi.execute(Samples, { voiceId: "a/b", limit: 2 })
  yield* Console.log(`samples: ${samples.join(", ")}`)

  const task = yield* echo({ text: "Hello", times: 2 })
  const { metadata } = yield* Task.await(task)
  yield* Console.log(`${task.route.key}: ${metadata.saidBack}`)

  const refused = yield* Effect.flip(echo({ text: "" }))
  yield* Console.log(`${refused._tag}, ${refused.outcome}: ${refused.message}`)
})

// The simulator knows neither route: it is told what to answer.
const answers = [
  Fault.reply(Samples.key, Fault.serviceUnavailable),
  Fault.reply(Samples.key, Wire.json(200, { success: true, samples: ["one", "two"] })),
  Fault.reply(Echo.key, Wire.json(200, { success: true, task_id: "task_echo" })),
  Fault.reply(Task.Get.key, Wire.json(200, { id: "task_echo", status: "done", metadata: { said_back: "Hello Hello" } }))
]

const simulated = Effect.gen(function* () {
  const simulator = yield* Simulator.make()
  yield* simulator.inject(...answers)
  const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(SimulatorClient.layer(simulator))
  )
  yield* Effect.provide(program, service)
  for (const { method, target } of yield* simulator.requests) yield* Console.log(`sent: ${method} ${target}`)
})

NodeRuntime.runMain(simulated)
