import { mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Added, addRoute } from "../recipe/addRoute.js"

describe("docs/recipe/addRoute.ts: a made-up route in a copy of the checkout", () => {
  let folder: string
  let added: Added

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "cheapai-recipe-")))
    added = await addRoute(folder)
  }, 180_000)

  afterAll(() => rm(folder, { recursive: true }))

  it("type-checks", () => {
    expect(added.types).toEqual({ code: 0, stdout: "", stderr: "" })
  })

  it("passes its fixture's tests", () => {
    expect(added.tests.code, added.tests.stdout + added.tests.stderr).toBe(0)
    expect(added.tests.stdout).toMatch(/✓ .*soundEffect-echo > sends '?full/)
    expect(added.tests.stdout).toMatch(/✓ .*soundEffect-echo > reads a result: '?as documented/)
  })

  it("changes one source file of core, and adds a fixture", () => {
    const names = added.stat.split("\n").flatMap((line) => /^ (\S+) +\|/.exec(line)?.slice(1) ?? [])
    expect(names).toEqual([
      "packages/core/src/SoundEffect.ts",
      "packages/core/test/fixtures/wire/soundEffect-echo.json"
    ])
  })
})
