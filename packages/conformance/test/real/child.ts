/** Programs in processes of their own, which end with the scope. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export class ChildError extends Data.TaggedError("ChildError")<{ readonly message: string }> {}

/** In a process group of its own: what it starts ends with it. */
export const start = (
  [file = "", ...args]: ReadonlyArray<string>,
  stdio: StdioOptions
): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(file, args, { stdio, detached: true })
      child.on("error", () => {})
      return child
    }),
    (child) =>
      Effect.sync(() => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL")
      }).pipe(Effect.catchAllDefect(() => Effect.void))
  )

/** What it has printed when it ends well; otherwise what it complained of. */
export const output = (command: ReadonlyArray<string>): Effect.Effect<string, ChildError> =>
  Effect.scoped(
    Effect.flatMap(start(command, ["ignore", "pipe", "pipe"]), (child) =>
      Effect.async<string, ChildError>((resume) => {
        let stdout = ""
        let stderr = ""
        child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
          stdout += chunk
        })
        child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
          stderr += chunk
        })
        child.on("error", ({ message }) => resume(new ChildError({ message })))
        child.on("close", (code) => resume(code === 0 ? Effect.succeed(stdout) : new ChildError({ message: stderr })))
      })
    )
  )
