/** The page's five common mistakes: what becomes of each. */
import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAi, Music, Task, TextToSpeech } from "@effect-cheapai/core"
import { Simulator, SimulatorClient } from "@effect-cheapai/simulator"
import { Console, Effect, Layer, Redacted } from "effect"

const spoken = { text: "Hello", voiceId: "a-voice" }

const program = Effect.gen(function* () {
  const simulator = yield* Simulator.make({ taskDuration: "1 second" })
  const withKey = (key: string) =>
    Layer.provide(CheapAi.layer({ apiKey: Redacted.make(key) }), SimulatorClient.layer(simulator))
  const service = withKey("sk_test_valid")

  // 1. The header: `Bearer` is added for you, and a key that brings its own is refused before anything is sent.
  const doubled = yield* Effect.flip(Effect.provide(Account.credits, withKey("Bearer sk_test_valid")))
  yield* Console.log(`1. ${doubled._tag}; ${(yield* simulator.requests).length} requests`)

  // 2. The task endpoint: there is one, and no call takes another. A kept task of another route is refused.
  const kept = { id: "task_000001", route: "POST /v1/task/dubbing", submittedAt: undefined, creditsLeft: undefined }
  const foreign = yield* Effect.flip(Task.restore(Music.Generate, kept))
  yield* Console.log(`2. ${foreign._tag}: ${foreign.message}`)

  // 3. Synchronous or not: the types say so. A submit gives a task, this one too; only awaiting it gives the audio.
  const task = yield* Effect.provide(TextToSpeech.voice(spoken), service)
  // @ts-expect-error a task has no audio
  yield* Console.log(`3. before: ${task.audioUrl}`)
  const { audioUrl } = yield* Effect.provide(Task.await(task), service)
  yield* Console.log(`3. awaited: ${audioUrl.pathname.split(".").at(-1)}`)

  // 4. An expired key, or one at its daily limit: the error says which, after one request.
  const expired = yield* Effect.provide(Effect.flip(Account.credits), withKey("sk_test_expired"))
  const capped = yield* Effect.provide(Effect.flip(TextToSpeech.voice(spoken)), withKey("sk_test_daily"))
  for (const error of [expired, capped]) {
    const reason = "reason" in error ? error.reason : "unknown"
    yield* Console.log(`4. ${error._tag}, ${reason}: ${error.attempts.length} request`)
  }

  // 5. A field of another family: does not compile, and from unchecked data it is refused unsent, with the right function.
  const mixed = { ...spoken, voiceSetting: { voiceId: "a-voice" } }
  // @ts-expect-error `voiceSetting` belongs to MiniMax
  const wrongField = yield* Effect.provide(Effect.flip(TextToSpeech.voice(mixed)), service)
  const hint = "hint" in wrongField ? wrongField.hint : undefined
  yield* Console.log(`5. ${wrongField._tag}, ${wrongField.outcome}: ${hint}`)
})

NodeRuntime.runMain(program)
