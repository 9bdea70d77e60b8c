/** A seed is the same run on another Node: npm's package `node` brings that one's binary. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const root = fileURLToPath(new URL("../../../..", import.meta.url))
const program = ["--import", "tsx", "packages/testing/test/trace/print.ts"]

const traced = (command: string, args: ReadonlyArray<string>) =>
  Effect.promise(() => promisify(execFile)(command, [...args, ...program], { cwd: root, maxBuffer: 2 ** 26 }))

describe("in memory, the traces of 50 seeds", { timeout: 600_000 }, () => {
  it.live.each(["20.19.5", "22.23.3"])("are the same text on Node %s as on this one", (version) =>
    Effect.gen(function* () {
      const here = yield* traced(process.execPath, [])
      const there = yield* traced("npx", ["-y", "-p", `node@${version}`, "node"])
      expect(here.stderr).toBe(process.version)
      expect(there.stderr).toBe(`v${version}`)
      expect(there.stdout).toBe(here.stdout)
      expect(there.stdout.split("\n").length).toBeGreaterThan(1000)
    })
  )
})
