import { describe, expect, it } from "@effect/vitest"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import { type Form, get, jsonOf, postForm, status, textOf } from "./requests.js"

const CREATE = "POST /v1m/voice/clone"
const file = new Uint8Array([1])

const create = (form: Form = {}, key?: string) => postForm("/v1m/voice/clone", { file, ...form }, key)
const list = get("/v1m/voice/clone")
const remove = (id: string) => ({ ...get(`/v1m/voice/clone/${id}`), method: "DELETE" })

describe("voice clones", () => {
  it.effect("are made at once with a number, listed with a string, and gone once deleted", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ fileOrigin: "http://files.test" })
      expect(jsonOf(yield* simulator.handle(list))).toEqual({ success: true, data: [] })
      const form = { voice_name: "Mine", preview_text: "Hi", language_tag: "English", gender_tag: "female" }
      const made = jsonOf(yield* simulator.handle(create({ ...form, need_noise_reduction: "true" })))
      expect(made).toEqual({ success: true, cloned_voice_id: 10_001 })
      expect(jsonOf(yield* simulator.handle(create())).cloned_voice_id).toBe(10_002)
      const first = {
        voice_id: "10001",
        voice_name: "Mine",
        tag_list: ["English", "female"],
        sample_audio: "http://files.test/files/voice_10001.wav"
      }
      const second = {
        voice_id: "10002",
        voice_name: "Voice 10002",
        tag_list: [],
        sample_audio: "http://files.test/files/voice_10002.wav"
      }
      expect(jsonOf(yield* simulator.handle(list)).data).toEqual([first, second])
      expect(textOf(yield* simulator.handle(get("/files/voice_10001.wav", null)))).toMatch(/^RIFF/)
      expect(jsonOf(yield* simulator.handle(remove("10001")))).toEqual({ success: true })
      expect(jsonOf(yield* simulator.handle(list)).data).toEqual([second])
      expect(status(yield* simulator.handle(get("/files/voice_10001.wav", null)))).toBe(404)
      const again = yield* simulator.handle(remove("10001"))
      expect(status(again)).toBe(404)
      expect(jsonOf(again)).toEqual({ success: false, error: "Voice not found" })
    })
  )

  it.effect("an id is not given twice", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.handle(create())
      yield* simulator.handle(remove("10001"))
      expect(jsonOf(yield* simulator.handle(create())).cloned_voice_id).toBe(10_002)
    })
  )

  it.effect.each<readonly [Form, string]>([
    [{ file: undefined }, "file"],
    [{ file: "text" }, "file"],
    [{ file: new Uint8Array(0) }, "file"],
    [{ file: [file, file] }, "file"],
    [{ voice_name: file }, "voice_name"],
    [{ preview_text: file }, "preview_text"],
    [{ language_tag: ["a", "b"] }, "language_tag"],
    [{ need_noise_reduction: "yes" }, "need_noise_reduction"],
    [{ gender_tag: "other" }, "gender_tag"],
    [{ gender_tag: "Male" }, "gender_tag"],
    [{ receive_url: "https://a.test" }, "receive_url"],
    [{ nonsense: "1" }, "nonsense"]
  ])("%j is a 400 that names %s", ([form, field]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const reply = yield* simulator.handle(create(form))
      expect(status(reply)).toBe(400)
      expect(jsonOf(reply).error.message.slice(0, field.length + 2)).toBe(`${field}: `)
      expect(jsonOf(yield* simulator.handle(list)).data).toEqual([])
    })
  )

  it.effect("20 MB are accepted, and not a byte more", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      expect(status(yield* simulator.handle(create({ file: new Uint8Array(20_000_000) })))).toBe(200)
      const reply = yield* simulator.handle(create({ file: new Uint8Array(20_000_001) }))
      expect(status(reply)).toBe(400)
      expect(jsonOf(reply).error.message).toBe("file: must not be larger than 20 MB")
    })
  )

  it.effect("cost nothing unless a price is given, and are in the ledger without a task", () =>
    Effect.gen(function* () {
      const free = yield* Simulator.make({ credits: 0 })
      expect(status(yield* free.handle(create()))).toBe(200)
      expect((yield* free.ledger).entries).toEqual([{ at: 0, request: 1, kind: "charge", route: CREATE, credits: 0 }])
      const dear = yield* Simulator.make({ credits: 9, prices: { voiceClone: 5 } })
      expect(status(yield* dear.handle(create()))).toBe(200)
      expect(status(yield* dear.handle(create()))).toBe(402)
      expect((yield* dear.ledger).entries).toEqual([
        { at: 0, request: 1, kind: "charge", route: CREATE, credits: 5 },
        { at: 0, request: 2, kind: "refusal", route: CREATE, credits: 0 }
      ])
      expect(jsonOf(yield* dear.handle(list)).data).toHaveLength(1)
    })
  )

  it.effect("making one is refused over the daily limit; listing and deleting are not", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const headers = { authorization: "Bearer sk_test_daily" }
      expect(status(yield* simulator.handle(create({}, "sk_test_daily")))).toBe(429)
      expect(status(yield* simulator.handle({ ...list, headers }))).toBe(200)
      expect(status(yield* simulator.handle({ ...remove("10001"), headers }))).toBe(404)
      expect(status(yield* simulator.handle({ ...remove("10001"), headers: {} }))).toBe(401)
    })
  )
})
