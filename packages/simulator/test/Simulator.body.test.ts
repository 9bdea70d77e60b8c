import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import type * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import { generations } from "./generations.js"
import { body, get, jsonOf, music, postBytes, status, utf8 } from "./requests.js"

/** Sends to a fresh simulator and expects a 400 that names the field and charges nothing. */
const expectBadRequest = (request: Wire.WireRequest, field: string) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator.make()
    const reply = yield* simulator.handle(request)
    expect(status(reply)).toBe(400)
    const { error } = jsonOf(reply)
    expect(error.type).toBe("invalid_request_error")
    expect(error.message.startsWith(`${field}: `)).toBe(true)
    expect(error.message.length).toBeLessThanOrEqual(200)
    expect(Ledger.charged(yield* simulator.ledger)).toBe(0)
  })

describe("the body of a music request", () => {
  it.effect.each<readonly [unknown, string]>([
    [{ idea: "x" }, "model"],
    [{ ...body, model: "" }, "model"],
    [{ ...body, model: 2.5 }, "model"],
    [{ model: "music-2.5" }, "idea"],
    [{ model: "music-2.5", idea: "", lyrics: "" }, "idea"],
    [{ model: "music-2.5", instrumental: true }, "idea"],
    [{ ...body, idea: null }, "idea"],
    [{ ...body, lyrics: ["la"] }, "lyrics"],
    [{ ...body, lyrics: "la la", instrumental: true }, "lyrics"],
    [{ ...body, title: 1 }, "title"],
    [{ ...body, n: "2" }, "n"],
    [{ ...body, n: 0 }, "n"],
    [{ ...body, n: 1.5 }, "n"],
    [{ ...body, n: 11 }, "n"],
    [{ ...body, instrumental: "yes" }, "instrumental"],
    [{ ...body, generation_type: "1" }, "generation_type"],
    [{ ...body, rewrite_idea_switch: 0 }, "rewrite_idea_switch"],
    [{ ...body, receive_url: 1 }, "receive_url"],
    [{ ...body, voice_id: "a" }, "voice_id"],
    [{ ...body, title: "x".repeat(5000), n: "x".repeat(5000) }, "n"],
    [[], "body"],
    ["text", "body"],
    [null, "body"],
    [7, "body"]
  ])("%j is a 400 that names %s", ([json, field]) => expectBadRequest(music(json), field))

  it.effect.each([
    body,
    { model: "music-9", lyrics: "la la" },
    { ...body, lyrics: "", instrumental: true },
    {
      ...body,
      lyrics: "la",
      title: "",
      n: 3,
      generation_type: 1,
      rewrite_idea_switch: false,
      receive_url: "https://a.b"
    }
  ])("%j is accepted", (json) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      expect(status(yield* simulator.handle(music(json)))).toBe(200)
    })
  )

  it.effect.each<readonly [string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["half of a value", utf8('{"model":"music-2.5","idea":"x"')],
    [
      "bytes that are not UTF-8",
      Uint8Array.from(utf8('{"model":"music-2.5","idea":"~"}'), (byte) => (byte === 0x7e ? 0xc3 : byte))
    ],
    ["deep nesting", utf8("[".repeat(200_000))],
    ["a form", utf8("model=music-2.5&idea=x")]
  ])("%s is a 400", ([, bytes]) => expectBadRequest(postBytes(bytes), "body"))

  it.effect("a field named __proto__ is a field like any other", () =>
    expectBadRequest(postBytes(utf8('{"model":"music-2.5","idea":"x","__proto__":{"n":2}}')), "__proto__")
  )

  it.effect.each([undefined, "text/plain", "application/jsonp"])("content type %s is a 400", (type) =>
    Effect.gen(function* () {
      const { "content-type": _, ...headers } = music().headers
      const request = { ...music(), headers: type === undefined ? headers : { ...headers, "content-type": type } }
      yield* expectBadRequest(request, "content-type")
    })
  )

  it.effect("a content type may carry a charset", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const headers = { ...music().headers, "content-type": "Application/JSON; charset=utf-8" }
      expect(status(yield* simulator.handle({ ...music(), headers }))).toBe(200)
    })
  )
})

describe("handle is total", () => {
  const answers = (request: Wire.WireRequest) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const exit = yield* Effect.exit(simulator.handle(request))
      return Exit.isSuccess(exit) && (status(exit.value) ?? 0) >= 200
    })

  it.effect.each<readonly [string, Wire.WireRequest]>([
    ["a huge path", get(`/${"a/".repeat(500_000)}`)],
    ["a huge segment", get(`/v1/task/${"%41".repeat(300_000)}`)],
    ["broken percent-encoding", get("/v1/task/%")],
    ["an encoded NUL and slash", get("/files/..%2f%00")],
    ["no target", get("")],
    ["an absolute target", get("http://elsewhere/v1/credits")],
    ["a lone surrogate", get("/v1/task/\ud800")],
    ["a method of another world", { ...get("/v1/credits"), method: "PROPFIND /v1" }],
    ["no method", { ...get("/v1/credits"), method: "" }],
    ["a task named like a method of objects", get("/v1/task/__proto__")],
    ["a huge key", get("/v1/credits", "x".repeat(1_000_000))]
  ])("%s", ([, request]) =>
    Effect.gen(function* () {
      expect(yield* answers(request)).toBe(true)
    })
  )

  it.effect("random changes to good requests of every route that makes a task", () =>
    Effect.gen(function* () {
      const good = generations.map(({ all, send }) => send(all))
      const change = FastCheck.record({
        request: FastCheck.constantFrom(...good),
        at: FastCheck.double({ min: 0, max: 1, noNaN: true }),
        drop: FastCheck.nat(30),
        bytes: FastCheck.uint8Array({ maxLength: 5 })
      })
      for (const { at, bytes, drop, request } of FastCheck.sample(change, { numRuns: 1000, seed: 1 })) {
        const start = Math.floor(at * request.body.length)
        const changed = [...request.body.subarray(0, start), ...bytes, ...request.body.subarray(start + drop)]
        expect(yield* answers({ ...request, body: new Uint8Array(changed) })).toBe(true)
      }
    })
  )

  it.effect("random requests", () =>
    Effect.gen(function* () {
      const word = FastCheck.string({ unit: "binary" })
      const request = FastCheck.record({
        method: FastCheck.oneof(word, FastCheck.constantFrom("GET", "POST")),
        target: FastCheck.oneof(
          word,
          FastCheck.constantFrom("/v1m/task/music-generation", "/v1/task/a", "/v1/credits")
        ),
        headers: FastCheck.record({
          authorization: FastCheck.oneof(word, FastCheck.constant("Bearer sk_test_valid")),
          "content-type": FastCheck.constantFrom("application/json", "")
        }),
        body: FastCheck.oneof(FastCheck.uint8Array(), FastCheck.json().map(utf8))
      })
      for (const sample of FastCheck.sample(request, { numRuns: 500, seed: 1 })) {
        expect(yield* answers(sample)).toBe(true)
      }
    })
  )
})
