/** The limits are about rows that exist, and they say what is otherwise there; the documentation says the same. */
import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { describe, expect, it } from "vitest"
import * as Conformance from "../src/Conformance.js"
import { limits } from "../src/limits.js"
import { table } from "../src/Table.js"

const rows = Object.entries(limits).flatMap(([runtime, all]) =>
  all.flatMap(({ differs, rows }) => Object.entries(rows).map(([name, seen]) => ({ runtime, differs, name, seen })))
)

/** A formatter lines the columns of a table up. */
const unaligned = (text: string): string => text.replace(/ +/g, " ").replace(/-{3,}/g, "---")

describe("the rows", () => {
  it("have a name each", () => {
    const names = Conformance.cases.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})

describe("the limits", () => {
  it.each(rows)("of $runtime, $name: is a row, and differs", ({ name, seen }) => {
    const found = Conformance.cases.find((one) => one.name === name)
    expect(found).toBeDefined()
    const others = [seen]
      .flat()
      .filter((other) => !isDeepStrictEqual(found?.expected, { ...found?.expected, ...other }))
    expect(others).not.toEqual([])
  })

  it("stand in the documentation, all of them", () => {
    const page = readFileSync(new URL("../../../docs/runtimes.md", import.meta.url), "utf8")
    expect(unaligned(page)).toContain(table)
  })
})
