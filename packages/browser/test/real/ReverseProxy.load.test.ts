import { spawn } from "node:child_process"
import { request } from "node:http"
import { createInterface } from "node:readline"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"

const tsx = fileURLToPath(new URL("../../../../node_modules/tsx/dist/loader.mjs", import.meta.url))
const program = fileURLToPath(new URL("./programs/proxy.ts", import.meta.url))
const kibibyte = 1024
const mebibyte = 1024 * 1024

/** A proxy in a process of its own, and at its end the most bytes that its buffers held. */
const child = (baseUrl: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["--expose-gc", "--import", tsx, program, baseUrl], {
          stdio: ["ignore", "pipe", "inherit"]
        })
      ),
      (running) => Effect.sync(() => running.kill("SIGKILL"))
    ),
    (running) => {
      const lines = createInterface(running.stdout)[Symbol.asyncIterator]()
      const line = Effect.promise(async () => String((await lines.next()).value))
      const end = Effect.sync(() => running.kill("SIGTERM"))
      return { address: line, memory: Effect.map(Effect.zipRight(end, line), Number) }
    }
  )

const framing = [
  '--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp3"\r\ncontent-type: audio/mpeg\r\n\r\n',
  "\r\n--b--\r\n"
] as const
const piece = Buffer.alloc(64 * kibibyte, 7)

const body = function* (size: number) {
  yield framing[0]
  for (let sent = 0; sent < size; sent += piece.length) yield piece
  yield framing[1]
}

/** The id of the task that a file of this size becomes. */
const upload = (address: string, size: number) =>
  Effect.async<string, string>((resume) => {
    const headers = {
      "content-type": "multipart/form-data; boundary=b",
      "content-length": size + framing.join("").length
    }
    const sent = request(`${address}/v1/task/voice-isolate`, { method: "POST", agent: false, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part) => {
        text += part
      })
      response.on("end", () =>
        resume(response.statusCode === 200 ? Effect.succeed(JSON.parse(text).task_id) : Effect.fail(text))
      )
    }).on("error", (error) => resume(Effect.fail(error.message)))
    Readable.from(body(size)).pipe(sent)
  })

const rows: ReadonlyArray<readonly [count: number, size: number, held: number]> = [
  [1000, mebibyte, 400 * mebibyte],
  [12, 16 * mebibyte, 96 * mebibyte]
]

it.scopedLive.each(rows)(
  "%s uploads of %s bytes at the same time are served, charged once each, and not kept in memory",
  ([count, size, held]) =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make({ credits: 1_000_000 })
      const { address, memory } = yield* child(url)
      const server = yield* address
      const ids = yield* Effect.replicateEffect(upload(server, size), count, { concurrency: "unbounded" })
      const ledger = yield* simulator.ledger
      expect(
        Ledger.charges(ledger)
          .map(({ taskId }) => taskId ?? "")
          .toSorted()
      ).toEqual(ids.toSorted())
      expect(new Set(ids).size).toBe(count)
      const most = yield* memory
      expect(most).toBeGreaterThan(0)
      expect(most).toBeLessThan(held)
    }),
  240_000
)
