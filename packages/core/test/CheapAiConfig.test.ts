import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

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
