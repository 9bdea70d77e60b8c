/** Bun's `Blob` of a `Bun.file` and other parts does not hold the file: the upload must, all of it. */
import { writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { absent } from "./absent.js"
import { binaries } from "./binaries.js"
import { bundle } from "./bundle.js"
import * as Child from "./child.js"

const size = 1_000_000

/** Counts the bytes of what is posted, and takes it for a submit. */
const counting = (counts: Array<number>) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer((request, response) => {
        let count = 0
        request.on("data", (chunk: Uint8Array) => {
          count += chunk.byteLength
        })
        request.on("end", () => {
          counts.push(count)
          response.end(JSON.stringify({ success: true, task_id: "t-1" }))
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = address !== null && typeof address === "object" ? address.port : 0
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("on Bun", () => {
  it.scopedLive(
    "a Bun.file is sent whole",
    (context) =>
      Effect.gen(function* () {
        const { bun } = binaries
        if (bun === undefined) return yield* absent(context, "Bun CAN'T BE RUN HERE: it is not installed")
        const { folder } = yield* bundle
        const path = join(folder, "talk.mp3")
        yield* Effect.promise(() => writeFile(path, new Uint8Array(size).fill(65)))
        const counts: Array<number> = []
        const { url } = yield* counting(counts)
        expect(yield* Child.output([bun, join(folder, "bunFile.mjs"), path, url])).toBe("success\n")
        expect(counts).toEqual([expect.any(Number)])
        expect(counts[0]).toBeGreaterThan(size)
      }),
    60_000
  )
})
