/** What a call takes as a file, and what a retry makes of each. */
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { CheapAi, Dubbing, SpeechToText, Upload } from "@effect-cheapai/core"
import { NodeCheapAi, NodeUpload } from "@effect-cheapai/node"
import { Fault, SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Redacted, Ref, Stream } from "effect"

const bytes = new Uint8Array(300_000)

const uploads = (path: string) => ({
  path: NodeUpload.fromPath(path),
  file: Upload.fromBlob(new File([bytes], "talk.mp3", { type: "audio/mpeg" })),
  blob: Upload.fromBlob(new Blob([bytes], { type: "audio/mpeg" }), { name: "talk.mp3" }),
  bytes: Upload.fromBytes(bytes, { name: "talk.mp3", type: "audio/mpeg" }),
  stream: Upload.fromStream(Stream.make(bytes), { name: "talk.mp3", type: "audio/mpeg", size: bytes.length })
})

const transcribe = (file: Upload.Upload) =>
  Effect.gen(function* () {
    const last = yield* Ref.make<Upload.Progress>({ sent: 0, total: undefined, attempt: 0 })
    const ended = yield* SpeechToText.transcribe({ file }).pipe(
      CheapAi.onUpload((progress) => Ref.set(last, progress)),
      Effect.map(() => "a task"),
      Effect.catchAll((error) => Effect.succeed(`${error._tag}, stopped: ${error.stopped}`))
    )
    const { attempt, sent, total } = yield* last
    return `${ended}; try ${attempt} sent ${sent === total ? "all of it" : "a part"}`
  })

// A long file over a slow line: 2 minutes without a byte, an hour for the whole call.
const patient = CheapAi.withTimeouts({ idle: "2 minutes", total: "1 hour" })

const program = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const path = `${yield* files.makeTempDirectoryScoped()}/talk.mp3`
  yield* files.writeFile(path, bytes)
  const { simulator, url } = yield* SimulatorServer.make()
  const service = NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url })

  for (const [kind, file] of Object.entries(uploads(path))) {
    yield* simulator.inject(Fault.reply(SpeechToText.Transcribe.key, Fault.serviceUnavailable))
    yield* Console.log(`${kind}: ${yield* Effect.provide(transcribe(file), service)}`)
  }

  const missing = Dubbing.dub({ file: NodeUpload.fromPath(`${path}.m4a`), targetLang: "fr" })
  const error = yield* missing.pipe(patient, Effect.flip, Effect.provide(service))
  yield* Console.log(`${error._tag}: ${error.message}`)
})

NodeRuntime.runMain(Effect.provide(Effect.scoped(program), NodeContext.layer))
