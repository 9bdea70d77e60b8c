/** The files of a result: as a stream, under an address that has expired, and on disk, whole or not at all. */
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Download, SoundEffect, Task } from "@effect-cheapai/core"
import { NodeCheapAi, NodeDownload } from "@effect-cheapai/node"
import { Fault, SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Redacted, Stream } from "effect"

const program = Effect.gen(function* () {
  const { simulator, url } = yield* SimulatorServer.make({ taskDuration: "1 second", fileLifetime: "500 millis" })
  const service = NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url })
  const files = yield* FileSystem.FileSystem
  const path = `${yield* files.makeTempDirectoryScoped()}/rain.wav`

  yield* Effect.gen(function* () {
    const task = yield* SoundEffect.generate({ text: "rain on a tin roof" })
    const { audioUrl } = yield* Task.await(task)
    const length = yield* Stream.runFold(Download.stream(audioUrl), 0, (sum, chunk) => sum + chunk.byteLength)
    yield* Console.log(`a stream of ${length} bytes`)

    yield* Effect.sleep("600 millis")
    const expired = yield* Effect.flip(Stream.runDrain(Download.stream(audioUrl)))
    yield* Console.log(`later: ${expired._tag}, ${"reason" in expired ? expired.reason : ""}`)
    const renew = Effect.map(Task.await(task), (sound) => sound.audioUrl)
    const renewed = yield* Stream.runCount(Download.stream(audioUrl, { renew }))
    yield* Console.log(`with a fresh address: ${renewed > 0 ? "it came" : "nothing"}`)

    const written = yield* NodeDownload.fromTask(task, (sound) => sound.audioUrl, path)
    yield* Console.log(`on disk: ${written} bytes`)

    yield* simulator.inject(Fault.cut("GET /files/{name}"))
    const again = NodeDownload.toFile(
      Download.fromTask(task, (sound) => sound.audioUrl),
      path
    )
    const broken = yield* Effect.flip(again)
    const { size } = yield* files.stat(path)
    yield* Console.log(`a second download broke off, ${broken._tag}: the file still has ${size} bytes`)
  }).pipe(Effect.provide(service))
})

NodeRuntime.runMain(Effect.provide(Effect.scoped(program), NodeContext.layer))
