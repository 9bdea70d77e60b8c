import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as Music from "@effect-cheapai/core/Music"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { created, sentAt } from "./calls.js"
import { fixture } from "./fixtures.js"

const model = "music-2.5"

const refused: ReadonlyArray<readonly [what: string, input: Music.Input, path: string, reason: RegExp]> = [
  ["neither idea nor lyrics", { model }, "idea", /needed when there are no lyrics/],
  ["blank idea", { model, idea: "  " }, "idea", /needed/],
  ["instrumental with lyrics", { model, lyrics: "la", instrumental: true }, "lyrics", /instrumental/],
  ["n of zero", { model, idea: "rain", n: 0 }, "n", /whole number from 1/],
  ["half a song", { model, idea: "rain", n: 1.5 }, "n", /integer/],
  ["n that is no number", { model, idea: "rain", n: Number.NaN }, "n", /integer/],
  ["infinitely many", { model, idea: "rain", n: Number.POSITIVE_INFINITY }, "n", /integer/],
  ["an empty model", { model: "", idea: "rain" }, "model", /non empty/]
]

describe("input that is refused before anything is sent", () => {
  it.effect.each(refused)("%s", ([, input, path, reason]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Music.generate(input))
      if (error._tag !== "InvalidInputError") return expect.unreachable(error._tag)
      expect(error).toMatchObject({ outcome: "not-sent", attempts: [], isRetryable: false, route: Music.Generate.key })
      expect(error.issues[0]?.path).toBe(path)
      expect(error.issues[0]?.reason).toMatch(reason)
      expect(yield* sentAt).toEqual([])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect("an unknown field from unchecked data is named, its value is not", () =>
    Effect.gen(function* () {
      const unchecked = { model, idea: "rain", prompt: "a secret wish of mine" }
      const error = yield* Effect.flip(Music.generate(unchecked))
      expect(error).toMatchObject({ _tag: "InvalidInputError", issues: [{ path: "prompt" }] })
      expect(JSON.stringify(error)).not.toContain("wish")
    }).pipe(Effect.provide(Script.layer([])))
  )
})

interface Wire {
  readonly request: { readonly method: string; readonly target: string; readonly body: string }
  readonly replies: ReadonlyArray<{ readonly body: unknown; readonly value: number }>
}

describe("credits", () => {
  const { replies, request } = fixture<Wire>("wire/account-credits.json")

  it.effect.each(replies)("reads $value", ({ body, value }) =>
    Effect.gen(function* () {
      expect(yield* Account.credits).toBe(value)
      const [sent] = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(sent).toMatchObject(request)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, body)])))
  )

  it.effect.each([{ success: true }, { success: true, credits: null }, { success: true, credits: "many" }])(
    "is an InvalidResponseError on %j",
    (body) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Account.credits)
        expect(error).toMatchObject({ _tag: "InvalidResponseError", issues: [{ path: "credits" }] })
      }).pipe(Effect.provide(Script.layer([Script.reply(200, body)])))
  )
})

const keys: ReadonlyArray<readonly [string, string, RegExp]> = [
  ["empty", "", /is empty/],
  ["white space", "  \n", /is empty/],
  ["a Bearer prefix", "Bearer sk_planted_key", /Bearer/],
  ["a space inside", "sk_planted key", /visible ASCII/],
  ["a line break at the end", "sk_planted_key\n", /visible ASCII/],
  ["an umlaut", "sk_pläntedkey", /visible ASCII/],
  ["a control character", "sk_planted\u0000key", /visible ASCII/]
]

const urls: ReadonlyArray<readonly [string, RegExp]> = [
  ["", /absolute URL/],
  ["/api", /absolute URL/],
  ["http://api.cheapaiapi.com", /uses http/],
  ["http://127.0.0.1.example.com", /uses http/],
  ["https://user:secret@api.cheapaiapi.com", /user name/],
  ["https://api.cheapaiapi.com/?key=secret", /query/],
  ["https://api.cheapaiapi.com/#secret", /fragment/],
  ["ftp://api.cheapaiapi.com", /https:/]
]

describe("a layer that can't work is not built", () => {
  it.effect.each(keys)("key: %s", ([, key, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(Account.credits, Script.layer([], { apiKey: Redacted.make(key) }))
      )
      expect(error._tag).toBe("ConfigError")
      expect(String(error)).toMatch(message)
      expect(String(error)).not.toMatch(/planted|pläntedkey/)
    })
  )

  it.effect.each(urls)("base URL: %s", ([baseUrl, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Account.credits, Script.layer([], { baseUrl })))
      expect(error._tag).toBe("ConfigError")
      expect(String(error)).toMatch(message)
      expect(String(error)).not.toContain("secret")
    })
  )

  it.effect.each([
    ["https://example.com/proxy/", "/proxy/v1/credits"],
    ["http://localhost:4010", "/v1/credits"],
    ["http://[::1]:4010//", "/v1/credits"]
  ])("base URL %s keeps its path and loses its last slash", ([baseUrl, target]) =>
    Effect.gen(function* () {
      yield* Account.credits
      const [sent] = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(sent?.target).toBe(target)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, { credits: 1 })], { baseUrl })))
  )
})
