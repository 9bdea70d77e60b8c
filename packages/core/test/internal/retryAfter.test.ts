import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { retryAfter } from "../../src/internal/retryAfter.js"
import { fixture } from "../fixtures.js"

interface Case {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly now: string
  readonly expectedMillis: number | null
}

const millis = (headers: Case["headers"], now: string) => {
  const wait = retryAfter(headers, Date.parse(now))
  return wait === undefined ? null : Duration.toMillis(wait)
}

describe("the wait that a reply asks for", () => {
  it.each(fixture<{ readonly cases: ReadonlyArray<Case> }>("retry-after.json").cases)(
    "$name",
    ({ expectedMillis, headers, now }) => {
      expect(millis(headers, now)).toBe(expectedMillis)
    }
  )

  const now = "2026-01-01T00:00:00.000Z"

  it("a number beyond all numbers is still a finite wait", () => {
    expect(millis({ "retry-after": "9".repeat(400) }, now)).toBe(Number.MAX_SAFE_INTEGER)
  })

  it("a two-digit year far ahead is in the last century", () => {
    expect(millis({ "retry-after": "Thursday, 01-Jan-99 00:00:30 GMT" }, now)).toBe(0)
  })

  it.each(["Thu, 01 Foo 2026 00:00:30 GMT", "Thu, 01 Jan 2026 25:00:30 GMT", "Thu, 31 Feb 2026 00:00:30 GMT"])(
    "%s is no date",
    (date) => {
      expect(millis({ "retry-after": date }, now)).toBeNull()
    }
  )
})
