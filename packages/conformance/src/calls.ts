/** What must simply work: a read, a task and its file, uploads in every form, a caller that goes away. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Case } from "./Case.js"
import * as programs from "./programs.js"

const type = "audio/mpeg"
const name = "talk.mp3"

/** The caller leaves while the reply drips in; the task is told to whoever keeps tasks. */
const left = Effect.gen(function* () {
  const told = yield* Deferred.make<void>()
  const submit = CheapAi.onSubmitted(() => Deferred.succeed(told, undefined))(programs.submit)
  yield* Effect.timeoutOption(submit, "2 seconds")
  yield* Deferred.await(told)
})

const abandonedRead = Effect.timeoutOption(programs.read, "2 seconds")

const uploads: ReadonlyArray<readonly [string, () => Upload.Upload]> = [
  ["bytes", () => Upload.fromBytes(programs.sound, { name, type })],
  ["a Blob", () => Upload.fromBlob(new Blob([programs.sound], { type }), { name })],
  ["a File", () => Upload.fromBlob(new File([programs.sound], name, { type }))],
  ["a stream", () => Upload.fromStream(Stream.make(programs.sound, programs.sound), { name, type })]
]

/** `Upload.fromStream` is read once, so each run of a case makes its own. */
const sent = ([what, make]: (typeof uploads)[number]): Case => ({
  name: `calls: an upload of ${what}`,
  faults: [],
  program: Effect.suspend(() => programs.upload(make())),
  expected: { result: "success", tries: 1, requests: 1, charges: 1 }
})

export const calls: ReadonlyArray<Case> = [
  {
    name: "calls: a read",
    faults: [],
    program: programs.read,
    expected: { result: "success", tries: 1, requests: 1, charges: 0 }
  },
  {
    name: "calls: a task, awaited",
    faults: [],
    program: programs.task,
    expected: { result: "success", requests: 2, charges: 1 }
  },
  {
    name: "calls: a task and its file",
    faults: [],
    program: programs.file,
    expected: { result: "success", requests: 3, charges: 1 }
  },
  ...uploads.map(sent),
  {
    name: "calls: a cloned voice, made, listed and deleted",
    faults: [],
    program: Effect.gen(function* () {
      const file = Upload.fromBytes(programs.sound, { name, type })
      const voice = yield* VoiceClone.create({ file })
      yield* VoiceClone.list
      yield* VoiceClone.delete(voice)
    }),
    expected: { result: "success", requests: 3, charges: 1 }
  },
  {
    name: "calls: a paid task reaches onSubmitted although its caller has gone",
    faults: [Faults.strike("submit", 1, "drip")],
    program: left,
    expected: { result: "success", requests: 1, charges: 1 }
  },
  {
    name: "calls: a read ends at once when its caller goes",
    faults: [Faults.strike("read", 1, "stall")],
    program: abandonedRead,
    expected: { result: "success", requests: 1, charges: 0 }
  }
]
