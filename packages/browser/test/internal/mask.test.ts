import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as Mask from "../../src/internal/mask.js"

const key = "sk_aab/c"
const { hide, holdsSecret } = Mask.make(key)

const shown = (chunks: ReadonlyArray<string>) =>
  Effect.runSync(hide(Stream.encodeText(Stream.fromIterable(chunks))).pipe(Stream.decodeText(), Stream.mkString))

describe("a mask", () => {
  it("overwrites the secret and leaves the rest", () => {
    expect(shown([`ä ${key} sk_aa ${key}${key}!`])).toBe(`ä ******** sk_aa ${"*".repeat(16)}!`)
    expect(shown([`/${encodeURIComponent(key)}/`])).toBe(`/${"*".repeat(10)}/`)
    expect(shown(["sk_aab"])).toBe("sk_aab")
    expect(shown([])).toBe("")
  })

  it("finds it wherever the pieces of a text end", () => {
    const piece = FastCheck.constantFrom(key, encodeURIComponent(key), "sk_a", "a", "sk_aab/", "x", "s", "k_", "é")
    FastCheck.assert(
      FastCheck.property(FastCheck.array(piece), FastCheck.array(FastCheck.nat(60)), (pieces, cuts) => {
        const text = pieces.join("")
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
        const chunks = places.slice(1).map((end, at) => text.slice(places[at], end))
        const result = shown(chunks)
        expect(result).toBe(shown([text]))
        expect(result).toHaveLength(text.length)
        expect(holdsSecret(result)).toBe(false)
      })
    )
  })

  it("holds back no more than what may be the beginning of the secret", () => {
    const seen: Array<string> = []
    const decoder = new TextDecoder()
    const chunks = Stream.encodeText(Stream.make("abc sk_a", "z", "{}"))
    Effect.runSync(Stream.runForEach(hide(chunks), (bytes) => Effect.sync(() => seen.push(decoder.decode(bytes)))))
    expect(seen).toEqual(["abc ", "sk_az", "{}", ""])
  })
})
