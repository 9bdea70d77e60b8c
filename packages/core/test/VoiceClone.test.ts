import { describe, expect, it } from "@effect/vitest"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import { inVirtualTime, sentAt } from "./calls.js"

const remove = VoiceClone.delete({ voiceId: "12345" })
const gone = Script.reply(404, { success: false, error: "Voice not found" })

const mayHaveDeleted: ReadonlyArray<readonly [string, Script.Step]> = [
  ["a reset", Script.fails("reset")],
  ["a gateway's page", Script.reply(502, "<html></html>")],
  ["a failure", Script.reply(500, { success: false, error: "broke" })]
]

const hasNotDeleted: ReadonlyArray<readonly [string, ReadonlyArray<Script.Step>]> = [
  ["at once", [gone]],
  ["after a 429", [Script.reply(429, { success: false, error: "Too many requests" }), gone]],
  ["after a connection refused", [Script.fails("refused"), gone]]
]

describe("delete", () => {
  it.effect.each(mayHaveDeleted)("a 404 after %s means that it is done", ([, step]) =>
    Effect.gen(function* () {
      yield* inVirtualTime(remove)
      expect(yield* sentAt).toHaveLength(2)
    }).pipe(Effect.provide(Script.layer([step, gone])))
  )

  it.effect.each(hasNotDeleted)("a 404 %s is an error", ([, steps]) =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(remove))
      expect(error).toMatchObject({ _tag: "NotFoundError", status: 404 })
    }).pipe(Effect.provide(Script.layer(steps)))
  )
})

describe("create", () => {
  it.effect("is not sent again when it may have been done", () =>
    Effect.gen(function* () {
      const file = Upload.fromBytes(new Uint8Array(3), { name: "me.mp3" })
      const error = yield* inVirtualTime(Effect.flip(VoiceClone.create({ file })))
      expect(error).toMatchObject({ _tag: "TransportError", outcome: "unknown", replay: "once" })
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([Script.fails("reset")])))
  )
})
