/** A program of this folder in a process of its own, its output not a terminal. */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { root } from "./documents.js"

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const { CHEAPAI_API_KEY: _, CHEAPAI_BASE_URL: __, ...environment } = process.env

export const run = (
  program: string,
  args: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {}
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs")
    const child = spawn(process.execPath, [tsx, join(root, "docs", program), ...args], {
      cwd: root,
      env: { ...environment, ...env },
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
