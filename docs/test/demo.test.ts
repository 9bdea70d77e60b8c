import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import * as Child from "./child.js"

const tags = {
  400: "BadRequestError",
  401: "UnauthorizedError: expired",
  402: "InsufficientBalanceError",
  403: "ForbiddenError",
  429: "RateLimitedError: daily-limit",
  500: "InternalError",
  502: "ProcessingError",
  503: "ServiceUnavailableError"
}

const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = await mkdtemp(join(tmpdir(), "cheapai-demo-"))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const onServer = (use: (url: string) => Promise<void>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(SimulatorServer.make({ taskDuration: "1 second" }), ({ url }) => Effect.promise(() => use(url)))
    )
  )

const withKey = (url: string) => ({ CHEAPAI_API_KEY: "sk_test_valid", CHEAPAI_BASE_URL: url })

describe.concurrent("docs/demo/main.ts", () => {
  it("keeps its promises and writes a song", { timeout: 90_000 }, () =>
    inFolder(async (folder) => {
      const { code, stderr, stdout } = await Child.run("demo/main.ts", [], { INIT_CWD: folder })
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" })

      expect(stdout).not.toContain("\u001b")
      expect(stdout).toMatch(/POST \S+ +429 RateLimitedError, rejected/)
      expect(stdout).toMatch(/\(retry-after\) +POST \S+ +503 ServiceUnavailableError,/)
      expect(stdout).toMatch(/\(poll\) +GET \S+ +502 ProcessingError\n/)
      for (const [status, tag] of Object.entries(tags))
        expect(stdout).toMatch(new RegExp(`^  ${status}  ${tag} +\\S`, "m"))
      expect(stdout).toMatch(/requests sent +1 .*\n +requests arrived +1 .*\n +charges +1 .*\n +outcome +unknown/)
      expect(stdout.replace(/\s+/g, " ")).toContain("a second request might be carried out and charged a second time")
      expect(stdout).not.toMatch(/sk_test|piano|march for|waltz/)

      const song = await readFile(join(folder, "song.wav"))
      expect(song.toString("latin1", 0, 4)).toBe("RIFF")
      expect(song.toString("latin1", 8, 12)).toBe("WAVE")
      expect(song.readUInt32LE(4)).toBe(song.length - 8)
    })
  )

  it("--live uses the key and address given, and leaves out what needs faults", { timeout: 90_000 }, () =>
    onServer((url) =>
      inFolder(async (folder) => {
        const { code, stderr, stdout } = await Child.run("demo/main.ts", ["--live"], {
          ...withKey(url),
          INIT_CWD: folder
        })
        expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" })
        expect(stdout).toContain("Left out")
        expect(stdout).not.toContain("requests arrived")
        expect((await readFile(join(folder, "song.wav"))).toString("latin1", 0, 4)).toBe("RIFF")
      })
    )
  )

  it.each([
    { args: ["--live"], says: "CHEAPAI_API_KEY" },
    { args: ["--fast"], says: "Unknown option --fast" }
  ])("$args without a key ends with 1 and says why", { timeout: 90_000 }, async ({ args, says }) => {
    const { code, stderr } = await Child.run("demo/main.ts", args)
    expect(code).toBe(1)
    expect(stderr).toContain(says)
  })
})

describe.concurrent("docs/demo/live.ts", () => {
  it("makes only free calls and tells what held", { timeout: 90_000 }, () =>
    onServer(async (url) => {
      const { code, stderr, stdout } = await Child.run("demo/live.ts", [], withKey(url))
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" })
      expect(stdout.match(/^ {2}held /gm)).toHaveLength(3)
      expect(stdout).not.toContain("sk_test")
    })
  )

  it("ends with 1 when a documented fact does not hold", { timeout: 90_000 }, () =>
    onServer(async (url) => {
      const { code, stdout } = await Child.run("demo/live.ts", [], {
        ...withKey(url),
        CHEAPAI_API_KEY: "sk_test_expired"
      })
      expect(code).toBe(1)
      expect(stdout).toMatch(/did not hold +GET \/v1\/credits/)
    })
  )

  it("ends with 1 and says so without a key", { timeout: 90_000 }, async () => {
    const { code, stderr } = await Child.run("demo/live.ts")
    expect(code).toBe(1)
    expect(stderr).toContain("Set CHEAPAI_API_KEY")
  })
})
