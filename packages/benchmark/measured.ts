/** One transfer in a process of its own, after a small one: how long it takes, and how much memory it needs beyond that. */
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Route from "@effect-cheapai/core/Route"
import * as Upload from "@effect-cheapai/core/Upload"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as NodeUpload from "@effect-cheapai/node/NodeUpload"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

/** What is sent to the parent. Memory in bytes. */
export interface Figures {
  readonly bytes: number
  readonly seconds: number
  readonly before: number
  readonly peak: number
}

const Post = Route.make({
  method: "POST",
  path: "/v1/measure",
  encoding: "multipart",
  replay: "once",
  input: Schema.Struct({ file: Upload.UploadFromSelf }),
  output: Schema.Struct({ bytes: Schema.Number })
})

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "cheapai-measure-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

const upload = (folder: string, size: number) =>
  Effect.gen(function* () {
    const path = join(folder, "sent.wav")
    yield* Effect.promise(() => writeFile(path, "").then(() => truncate(path, size)))
    const { bytes } = yield* CheapAi.execute(Post, { file: NodeUpload.fromPath(path) })
    return bytes
  })

const download = (folder: string, size: number, url: string) =>
  NodeDownload.fromUrl(new URL(`${url}/${size}`), join(folder, "fetched.wav"))

/** `maxRSS` is the highest ever; what lies before the transfer does not count. */
const watched = <A, E, R>(transfer: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = process.memoryUsage.rss()
    const highest = process.resourceUsage().maxRSS
    let peak = before
    const look = Effect.sync(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    })
    const watcher = yield* Effect.fork(Effect.repeat(look, Schedule.spaced("20 millis")))
    const [took, bytes] = yield* Effect.timed(transfer)
    yield* Fiber.interrupt(watcher)
    const { maxRSS } = process.resourceUsage()
    if (maxRSS > highest) peak = Math.max(peak, maxRSS * 1024)
    return { bytes, seconds: Duration.toSeconds(took), before, peak }
  })

const [kind, size, url = ""] = process.argv.slice(2)
const transfer = (folder: string, bytes: number): Effect.Effect<number, unknown, CheapAi.CheapAi> =>
  kind === "upload" ? upload(folder, bytes) : download(folder, bytes, url)

const program = Effect.gen(function* () {
  const path = yield* folder
  yield* transfer(path, 1000)
  const figures: Figures = yield* watched(transfer(path, Number(size)))
  process.send?.(figures)
}).pipe(
  CheapAi.withTimeouts({ total: "30 minutes" }),
  Effect.scoped,
  Effect.provide(NodeCheapAi.layer({ apiKey: Redacted.make("sk_measure"), baseUrl: url }))
)

await Effect.runPromise(program)
process.disconnect()
