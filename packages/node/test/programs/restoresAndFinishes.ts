/** Takes a task from the file in which another program kept it, waits for its song, and fetches it. */
import { readFile } from "node:fs/promises"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const [kept = "", song = ""] = process.argv.slice(2)

const program = Effect.promise(() => readFile(kept, "utf8")).pipe(
  Effect.flatMap(Schema.decode(Schema.parseJson(Task.Stored))),
  Effect.flatMap((stored) => Task.restore(Music.Generate, stored)),
  Effect.flatMap((task) => NodeDownload.fromTask(task, ({ tracks: [track] }) => track.audioUrl, song)),
  Effect.tap((bytes) => Effect.sync(() => console.log(bytes))),
  Effect.provide(NodeCheapAi.layerConfig())
)

await Effect.runPromise(program)
