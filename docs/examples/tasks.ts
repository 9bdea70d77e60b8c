/** A task from its submit to its result: what becomes of it on the way, and a wait that ends before it does. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, SoundEffect, Task } from "@effect-cheapai/core"
import { Fault, Ledger, Simulator, SimulatorClient } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted, Stream } from "effect"

const program = Effect.gen(function* () {
  const task = yield* SoundEffect.generate({ text: "rain on a tin roof" })
  yield* Console.log(`submitted, ${task.creditsLeft} credits left`)

  const late = yield* Effect.flip(Task.await(task, { timeout: "500 millis" }))
  yield* Console.log(`${late._tag}: ${late.message}`)

  yield* Task.changes(task, { timeout: "10 minutes" }).pipe(
    Stream.runForEach((change) =>
      change._tag === "Done"
        ? Console.log(`done for ${change.result.creditCost} credits`)
        : Console.log(`${change.status}, ${change.progress} %`)
    )
  )
  const { audioUrl, taskId } = yield* Task.await(task)
  yield* Console.log(`${taskId === task.id}, ${audioUrl.pathname.split(".").at(-1)}`)
}).pipe(
  CheapAi.tapAttempt(({ result, route }) =>
    route === Task.Get.key && result !== "success" ? Console.log(`a poll met ${result}`) : Effect.void
  )
)

const simulated = Effect.gen(function* () {
  const simulator = yield* Simulator.make({ taskDuration: "4 seconds" })
  yield* simulator.inject(Fault.reply(Task.Get.key, Fault.nginx502, { skip: 1 }))
  const service = CheapAi.layer({ apiKey: Redacted.make("sk_test_valid") }).pipe(
    Layer.provide(SimulatorClient.layer(simulator))
  )
  yield* Effect.provide(program, service)
  yield* Console.log(`${Ledger.charges(yield* simulator.ledger).length} charge`)
})

NodeRuntime.runMain(simulated)
