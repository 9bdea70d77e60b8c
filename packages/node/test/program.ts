/** A program of the folder `programs` in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const pathOf = (name: string) => fileURLToPath(new URL(`./programs/${name}`, import.meta.url))
const tsx = fileURLToPath(new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url))

export interface Options {
  /** No file that the program writes may become larger: in blocks of 512 or, in some shells, 1024 bytes. */
  readonly fileBlocks?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Is killed with the scope, if it still runs by then. */
export const start = (
  name: string,
  args: ReadonlyArray<string>,
  { env = {}, fileBlocks }: Options = {}
): Effect.Effect<ChildProcess, never, Scope.Scope> => {
  const command = [process.execPath, "--import", tsx, pathOf(name), ...args]
  const limited = ["/bin/sh", "-c", `ulimit -f ${fileBlocks} && exec "$@"`, "sh", ...command]
  const [file = "", ...rest] = fileBlocks === undefined ? command : limited
  return Effect.acquireRelease(
    Effect.sync(() => spawn(file, rest, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
}

export const ended = (child: ChildProcess): Effect.Effect<Ended> =>
  Effect.async((resume) => {
    let stdout = ""
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk
    })
    child.on("close", (code) => resume(Effect.succeed({ code, stdout })))
  })

export const run = (
  name: string,
  args: ReadonlyArray<string>,
  options?: Options
): Effect.Effect<Ended, never, Scope.Scope> => Effect.flatMap(start(name, args, options), ended)

/** What it prints first. */
export const firstLine = (child: ChildProcess): Effect.Effect<string> =>
  Effect.async((resume) => {
    let text = ""
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (text.includes("\n")) resume(Effect.succeed(text.slice(0, text.indexOf("\n"))))
    })
  })
