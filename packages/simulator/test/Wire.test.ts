import { describe, expect, it } from "@effect/vitest"
import * as Wire from "@effect-cheapai/simulator/Wire"
import { textOf } from "./requests.js"

describe("Wire", () => {
  it("json gives type, length in bytes and a complete end", () => {
    const reply = Wire.json(402, { error: "ünder" }, { "x-request-id": "a" })
    expect(reply.head).toEqual({
      status: 402,
      headers: { "content-type": "application/json", "content-length": "18", "x-request-id": "a" }
    })
    expect(textOf(reply)).toBe('{"error":"ünder"}')
    expect(reply.end).toBe("complete")
  })

  it("bytes come in chunks of at most 16 KiB, in order", () => {
    const data = Uint8Array.from({ length: 40_000 }, (_, index) => index % 251)
    const reply = Wire.bytes(200, "audio/wav", data)
    expect(reply.chunks.map((chunk) => chunk.length)).toEqual([16_384, 16_384, 7_232])
    expect(Wire.body(reply)).toEqual(data)
  })

  it("nothing has no head and no bytes", () => {
    expect(Wire.nothing("reset")).toEqual({ chunks: [], end: "reset" })
  })

  it("cut keeps the whole length and the first half", () => {
    const reply = Wire.cut(Wire.text(200, "0123456789a"), "reset")
    expect(reply.head?.headers["content-length"]).toBe("11")
    expect(textOf(reply)).toBe("01234")
    expect(reply.end).toBe("reset")
  })

  it("cut gives a length to a reply that had none", () => {
    const chunks = [new Uint8Array([1, 2]), new Uint8Array([3, 4])]
    const reply = Wire.cut({ head: { status: 200, headers: {} }, chunks, end: "complete" }, "close")
    expect(reply.head?.headers).toEqual({ "content-length": "4" })
    expect(Wire.body(reply)).toEqual(new Uint8Array([1, 2]))
  })

  it("cut of no reply is no reply", () => {
    expect(Wire.cut(Wire.nothing("reset"), "close")).toEqual(Wire.nothing("close"))
  })
})
