/** A task submitted by one process, kept in a file, and awaited by another. */
import { Command, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { CheapAi, SoundEffect, Task } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { Ledger, SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Redacted, Schema } from "effect"

const Kept = Schema.parseJson(Task.Stored)

const keepIn = (path: string) => (task: Task.Stored) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    yield* files.writeFileString(path, yield* Schema.encode(Kept)(task))
  }).pipe(Effect.orDie)

const submit = (path: string) =>
  SoundEffect.generate({ text: "rain on a tin roof" }).pipe(
    CheapAi.onSubmitted(keepIn(path)),
    Effect.zipRight(Console.log("first process: submitted and kept"))
  )

const resume = (path: string) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const kept = yield* Schema.decode(Kept)(yield* files.readFileString(path))
    const task = yield* Task.restore(SoundEffect.Generate, kept)
    const { creditCost } = yield* Task.await(task)
    yield* Console.log(`second process: done for ${creditCost} credits`)
  })

const [, program = "", path] = process.argv

const first = Effect.gen(function* () {
  const { simulator, url } = yield* SimulatorServer.make({ taskDuration: "1 second" })
  const files = yield* FileSystem.FileSystem
  const file = `${yield* files.makeTempDirectoryScoped()}/task.json`
  const key = "sk_test_valid"
  yield* Effect.provide(submit(file), NodeCheapAi.layer({ apiKey: Redacted.make(key), baseUrl: url }))
  const second = Command.make(process.execPath, ...process.execArgv, program, file).pipe(
    Command.env({ CHEAPAI_API_KEY: key, CHEAPAI_BASE_URL: url }),
    Command.stdout("inherit"),
    Command.stderr("inherit")
  )
  yield* Command.exitCode(second)
  yield* Console.log(`${Ledger.charges(yield* simulator.ledger).length} charge`)
})

const main = Effect.gen(function* () {
  if (path === undefined) yield* Effect.scoped(first)
  else yield* Effect.provide(resume(path), NodeCheapAi.layerConfig())
})

NodeRuntime.runMain(Effect.provide(main, NodeContext.layer))
