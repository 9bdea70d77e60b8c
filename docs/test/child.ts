/** Programs in processes of their own, their output not a terminal. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { root } from "./documents.js"

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What the runner of these tests, or the person who started it, has set for other programs. */
const isForeign = (name: string) => /^(CHEAPAI_|VITEST|NODE_ENV$|TEST$|GIT_)/.test(name)
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)))

export const spawned = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...environment, ...options.env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    const out = { stdout: "", stderr: "" }
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      out.stdout += chunk
    })
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      out.stderr += chunk
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, ...out }))
  })

/** A program of this folder. */
export const run = (
  program: string,
  args: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {}
): Promise<Ended> =>
  spawned(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), join(root, "docs", program), ...args], {
    cwd: root,
    env
  })
