import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"

const script = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

const started = (...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, ["--import", "tsx", script, ...args])),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const firstLine = (child: ChildProcess) =>
  Effect.async<string>((resume) => {
    child.stdout?.once("data", (chunk) => resume(Effect.succeed(String(chunk))))
  })

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const ended = (child: ChildProcess) =>
  Effect.async<Ended>((resume) => {
    let out = ""
    let err = ""
    child.stdout?.on("data", (chunk) => {
      out += chunk
    })
    child.stderr?.on("data", (chunk) => {
      err += chunk
    })
    child.once("close", (code) => resume(Effect.succeed({ code, out, err })))
  })

describe("bin", { timeout: 20_000 }, () => {
  it.scopedLive.each(["SIGINT", "SIGTERM"] as const)("serves until %s, then exits with 0", (signal) =>
    Effect.gen(function* () {
      const child = yield* started("--port", "0")
      const line = yield* firstLine(child)
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      expect(line).toMatch(/sk_test_valid.*\n$/)
      const headers = { authorization: "Bearer sk_test_valid" }
      const response = yield* Effect.promise(() => fetch(`${url}/v1/credits`, { headers }))
      expect(response.status).toBe(200)
      const exit = yield* Effect.fork(ended(child))
      yield* Effect.yieldNow()
      child.kill(signal)
      expect(yield* exit).toEqual({ code: 0, out: "", err: "" })
    })
  )

  it.scopedLive("a port that is taken is one line and exit code 1", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const port = new URL(url).port
      const exit = yield* Effect.flatMap(started("--port", port), ended)
      expect(exit).toEqual({ code: 1, out: "", err: `Port ${port} of 127.0.0.1 is in use\n` })
    })
  )

  it.scopedLive("bad arguments are named, with exit code 1", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.flatMap(started("--prt", "1"), ended)
      expect(exit.code).toBe(1)
      expect(exit.err).toMatch(/'--prt'[\s\S]*Usage:/)
      expect(exit.out).toBe("")
    })
  )

  it.scopedLive("--help prints the usage", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.flatMap(started("--help"), ended)
      expect(exit).toMatchObject({ code: 0, err: "" })
      expect(exit.out).toMatch(/^Usage: cheapai-simulator/)
    })
  )
})
