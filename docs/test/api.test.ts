import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { calls } from "../api/calls.js"
import { fieldsOf } from "../api/fields.js"
import { exportOf } from "../api/source.js"

const fields = (schema: Schema.Schema.Any) => fieldsOf(schema.ast)
const renamed = Schema.Struct({ voiceId: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("voice_id")) })

describe("docs/api/fields.ts", () => {
  it("gives both names, in words, through filters, objects and lists", () => {
    const schema = Schema.Struct({
      inner: renamed,
      many: Schema.optional(Schema.NullOr(Schema.Array(renamed))).pipe(Schema.fromKey("many_of"))
    }).pipe(Schema.filter(() => true))
    expect(fields(schema)).toEqual([
      { name: "inner", wire: "inner", type: "an object", isOptional: false },
      { name: "inner.voiceId", wire: "inner.voice_id", type: "a string", isOptional: false },
      { name: "many", wire: "many_of", type: "a list or null", isOptional: true },
      { name: "many[].voiceId", wire: "many_of[].voice_id", type: "a string", isOptional: false }
    ])
  })

  it("takes the nearest description, and the type's name where there is none", () => {
    const limited = Schema.Number.annotations({ description: "a number" }).pipe(
      Schema.filter((n) => n < 5, { description: "a number below 5" })
    )
    expect(fields(Schema.Struct({ limited, time: Schema.DurationFromSelf })).map(({ type }) => type)).toEqual([
      "a number below 5",
      "a Duration"
    ])
  })

  it("calls a field of a union certain when every member has it", () => {
    const union = Schema.Union(
      Schema.Struct({ a: Schema.String, b: Schema.String }),
      Schema.Struct({ a: Schema.String })
    )
    expect(fields(union).map(({ isOptional, name }) => [name, isOptional])).toEqual([
      ["a", false],
      ["b", true]
    ])
  })
})

/** Written from the contract, so that a mark can't be lost by generating the page again. */
const marks: Readonly<Record<string, ReadonlyArray<string>>> = {
  "Account.packages": ["result"],
  "Image.generate": ["result"],
  "Image.models": ["result"],
  "SoundEffect.generate": ["text: limit"],
  "SpeechToText.transcribe": ["tag_audio_events"],
  "TextToSpeech.edge": ["text", "with_transcript", "receive_url", "voice", "speed", "with_loudnorm", "result"],
  "TextToSpeech.miniMax": [
    "with_transcript",
    "receive_url",
    "voice_setting.vol: limit",
    "voice_setting.pitch: limit",
    "voice_setting.speed: limit",
    "result"
  ],
  "TextToSpeech.voice": ["voice_settings", "result"],
  "VoiceClone.create": ["file: limit"],
  "VoiceClone.delete": ["result"]
}

describe("what the service's documentation does not confirm", () => {
  it.each(calls)("is marked on $module.$name", ({ module, name, route }) => {
    expect([...route.unconfirmed].sort()).toEqual([...(marks[`${module}.${name}`] ?? [])].sort())
  })
})

describe("docs/api/source.ts", () => {
  it.each(calls)("$module.$name has a comment and says what it gives", ({ module, name }) => {
    const { comment, gives } = exportOf(module, name)
    expect(comment).toMatch(/\.$/)
    expect(gives).toHaveLength(3)
  })
})
