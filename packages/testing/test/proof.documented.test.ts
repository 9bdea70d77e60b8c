/** A proof that can't fail proves nothing: `documented` sends again after a lost reply. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { prove } from "./proof/prove.js"

const here = fileURLToPath(new URL(".", import.meta.url))
const runner = fileURLToPath(new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url))
/** Git ignores it, and no project of tests looks into it: what a killed run leaves there does no harm. */
const reports = fileURLToPath(new URL("../.reports/", import.meta.url))

/** What vitest says of a folder's tests, and whether they passed. */
const vitest = (root: string): Effect.Effect<{ readonly passed: boolean; readonly said: string }> =>
  Effect.async((resume, signal) => {
    const args = [runner, "run", "--root", root, "--testTimeout", "60000", "--reporter", "verbose"]
    const options = { env: { ...process.env, NO_COLOR: "1" }, signal }
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resume(Effect.succeed({ passed: error === null, said: stdout + stderr }))
    )
  })

const inThisFolder = Effect.promise(() => readdir(here))

/** Runs a text that is meant to stand beside this file, with a configuration that knows nothing but its folder. */
const runAsTest = (text: string) =>
  Effect.flatMap(inThisFolder, (before) =>
    Effect.acquireUseRelease(
      Effect.promise(async () => {
        await mkdir(reports, { recursive: true })
        const folder = await mkdtemp(join(reports, "printed-"))
        await writeFile(join(folder, "vitest.config.mjs"), "export default {}\n")
        await writeFile(join(folder, "printed.test.ts"), text.replaceAll('from "./', `from "${here}`))
        return folder
      }),
      (folder) =>
        Effect.zipLeft(
          vitest(folder),
          Effect.map(inThisFolder, (now) => expect(now).toEqual(before))
        ),
      (folder) => Effect.promise(() => rm(folder, { force: true, recursive: true }))
    )
  )

describe("under documented, the property of standard", { timeout: 600_000 }, () => {
  it.live("fails within 1,000 plans, and is shrunk to one call and one fault at most", () =>
    Effect.gen(function* () {
      const { failure } = yield* prove({ policy: "documented", judge: "standard" }, { plans: 1000, seed: 1 })
      const again = /^call-\d was charged again, though the service had not said that it failed$/
      expect(failure?.problems[0]).toMatch(again)
      expect(failure?.problems.filter((problem) => !again.test(problem))).toEqual([])
      expect(failure?.least.story).toMatchObject({
        calls: [{ id: expect.stringMatching(/^call-\d$/), route: expect.any(String), until: "answered" }],
        concurrency: 1,
        keeps: true,
        refusals: []
      })
      expect(failure?.least.plan.strikes.length).toBeLessThan(2)
    })
  )

  it.live("is told as a test that fails for the same reason", () =>
    Effect.gen(function* () {
      const { failure } = yield* prove({ policy: "documented", judge: "standard" }, { plans: 1000, seed: 1 })
      if (failure === undefined) return expect.unreachable("the property held")
      const told = yield* runAsTest(failure.test)
      expect(told.said).toContain(`seed ${failure.least.seed} under documented`)
      expect(told.said).toContain(failure.problems[0])
      expect(told.passed).toBe(false)
      // Under the policy that the property was made for, the same test passes.
      const mended = yield* runAsTest(failure.test.replace('policy: "documented"', 'policy: "standard"'))
      expect(mended).toMatchObject({ passed: true })
    })
  )
})
