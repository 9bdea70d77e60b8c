import { describe, expect, it } from "@effect/vitest"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Either from "effect/Either"
import { decodeReply } from "../../src/internal/response.js"

const bodies = {
  "the simple shape": '{"success":false,"error":"no"}',
  "the structured shape": '{"error":{"message":"no","type":"t"}}',
  "a value": '{"success":true,"task_id":"t-1"}',
  HTML: "<html><title>502 Bad Gateway</title></html>",
  "cut-off JSON": '{"error": {"mess',
  nothing: ""
}

const decode = (status: number, text: string) =>
  decodeReply({ status, headers: {}, text }, { route: Music.Generate, now: 0, secrets: [] })

describe("every status with every body is a value or an error of the table", () => {
  const statuses = Array.from({ length: 500 }, (_, index) => index + 100)

  it.each(Object.entries(bodies))("%s", (_, text) => {
    for (const status of statuses) {
      const result = decode(status, text)
      if (Either.isRight(result)) {
        expect(CheapAiError.isSuccessStatus(status)).toBe(true)
        expect(result.right).toEqual({ taskId: "t-1" })
      } else {
        expect(CheapAiError.is(result.left)).toBe(true)
        expect(result.left).toMatchObject({ status, route: Music.Generate.key, replay: "once" })
        expect(result.left.message).not.toBe("")
      }
    }
  })

  it("odd JSON is neither a value nor a defect", () => {
    for (const text of [
      "null",
      "[]",
      "3",
      '"text"',
      '{"success":false}',
      '{"error":null}',
      "[".repeat(5000),
      "\u0000"
    ]) {
      for (const status of [200, 400, 500]) expect(Either.isLeft(decode(status, text))).toBe(true)
    }
  })
})

describe("the message", () => {
  const message = (text: string) => Either.getOrThrow(Either.flip(decode(400, text))).message

  it("is one line of at most 300 characters", () => {
    const long = message(JSON.stringify({ success: false, error: `two\nlines\u0007 ${"é".repeat(500)}` }))
    expect(long).toMatch(/^two lines é+…$/)
    expect(long).toHaveLength(300)
  })

  it("tells a gateway's page by its title", () => {
    expect(message(bodies.HTML)).toBe("A gateway answered 400: 502 Bad Gateway")
  })

  it("says so when there is nothing to read", () => {
    expect(message("")).toBe("The reply was a 400 without a readable message.")
  })
})

describe("a 303, a 504 and a 524 prove nothing", () => {
  it.each([303, 504, 524])("%s", (status) => {
    for (const text of Object.values(bodies)) {
      expect(Either.getOrThrow(Either.flip(decode(status, text))).outcome).toBe("unknown")
    }
  })
})
