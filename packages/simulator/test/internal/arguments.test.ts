import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Arguments from "../../src/internal/arguments.js"

describe("arguments", () => {
  it("has defaults", () => {
    expect(Arguments.parse([])).toEqual(Either.right({ port: 4010, host: "127.0.0.1", help: false }))
  })

  it("reads port, host and help", () => {
    const read = Arguments.parse(["--port", "0", "--host", "::1", "--help"])
    expect(read).toEqual(Either.right({ port: 0, host: "::1", help: true }))
  })

  it("the usage tells of what a program can ask", () => {
    for (const path of ["ledger", "faults", "reset"]) expect(Arguments.usage).toContain(`/__simulator/${path}`)
  })

  it.each(["abc", "-1", "65536", "1.5", "", "999999"])("refuses the port %j by name", (port) => {
    const message = Either.getOrThrow(Either.flip(Arguments.parse([`--port=${port}`])))
    expect(message).toBe(`--port must be a number from 0 to 65535, not "${port}"`)
  })

  it.each([["--prt", "1"], ["stray"], ["--port"]])("refuses %j", (...args) => {
    expect(Either.isLeft(Arguments.parse(args))).toBe(true)
  })
})
