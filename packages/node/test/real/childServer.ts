/** A real server in a process of its own, which ends with the test's scope, and with this process whatever ends that. */
import { type ChildProcess, spawn } from "node:child_process"
import * as http from "node:http"
import * as https from "node:https"
import { Socket } from "node:net"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

export interface ChildServer {
  /** Asks it to end once what it has begun is done, waits for that, and gives all that it wrote to its output. */
  readonly finish: (signal: NodeJS.Signals) => Effect.Effect<string>
}

/** It ended before it was ready; `output` is all that it said. */
export class StartError extends Data.TaggedError("StartError")<{ readonly output: string }> {}

/**
 * The shell becomes the server. A process beside it waits for the end of a pipe that only this process holds, so that the
 * whole group is killed even when this process is killed itself and can end nothing.
 */
const guarded = `{ cat; kill -s KILL -- "-$$"; } <&3 >/dev/null 2>&1 & exec "$@" 3<&-`

const spawnGuarded = (command: ReadonlyArray<string>): ChildProcess =>
  spawn("/bin/sh", ["-c", guarded, "sh", ...command], { detached: true, stdio: ["ignore", "pipe", "pipe", "pipe"] })

/** Lets the watcher of the group go, which ends it with all that is left of it. */
const release = ({ stdio }: ChildProcess): void => {
  if (stdio[3] instanceof Socket) stdio[3].destroy()
}

const statusOf = (url: string): Effect.Effect<number | undefined> =>
  Effect.async((resume) => {
    const { get } = url.startsWith("https:") ? https : http
    get(url, { agent: false, rejectUnauthorized: false }, (response) => {
      response.resume()
      resume(Effect.succeed(response.statusCode))
    }).on("error", () => resume(Effect.succeed(undefined)))
  })

/** Waits until the address, which no other server knows, answers 204. */
const ready = (url: string): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(statusOf(url), {
      schedule: Schedule.spaced("10 millis"),
      until: (status) => status === 204
    })
  )

/** Starts a command and waits until `readyUrl` answers 204. */
export const start = (
  command: ReadonlyArray<string>,
  readyUrl: string
): Effect.Effect<ChildServer, StartError, Scope.Scope> =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<string>()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawnGuarded(command)),
      (child) =>
        Effect.suspend(() => {
          release(child)
          return Deferred.await(ended)
        })
    )
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    }
    child.on("error", () => Deferred.unsafeDone(ended, Effect.succeed(output)))
    child.on("exit", () => release(child))
    child.on("close", () => Deferred.unsafeDone(ended, Effect.succeed(output)))
    const failed = Effect.flatMap(Deferred.await(ended), (output) => new StartError({ output }))
    yield* Effect.raceFirst(ready(readyUrl), failed)
    return {
      finish: (signal) =>
        Effect.suspend(() => {
          child.kill(signal)
          return Deferred.await(ended)
        })
    }
  })
