import { describe, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Upload from "@effect-cheapai/core/Upload"
import { routeOf } from "./barrel.js"

const kinds: ReadonlyArray<readonly [call: string, input: object, endings: ReadonlyArray<string>]> = [
  ["SpeechToText.transcribe", {}, ["mp3", "aac", "aiff", "ogg", "opus", "wav", "webm", "flac", "m4a"]],
  ["Dubbing.dub", { targetLang: "es" }, ["mp3", "m4a"]],
  ["VoiceChanger.change", { voiceId: "v1" }, ["mp3", "m4a", "wav"]],
  ["VoiceClone.create", {}, ["mp3"]],
  ["VoiceIsolation.isolate", {}, ["mp3", "mov"]]
]

const files = kinds.flatMap(([call, input, endings]) =>
  [...endings.map((ending) => `talk.${ending}`), "TALK.MP3", "talk", "v1.2 of a talk"].map((name) => ({
    call,
    input,
    name
  }))
)

describe("a file of a kind that the call takes, or of none", () => {
  it.effect.each(files)("$call takes $name", ({ call, input, name }) =>
    CheapAi.validate(routeOf(call), { ...input, file: Upload.fromBytes(new Uint8Array(1), { name }) })
  )
})
