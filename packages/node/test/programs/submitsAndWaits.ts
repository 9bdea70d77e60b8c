/** Submits a song, keeps its task in a file, and waits for the song. */
import { rename, writeFile } from "node:fs/promises"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const [path = ""] = process.argv.slice(2)

const keep = (task: Task.Stored) =>
  Effect.flatMap(Schema.encode(Schema.parseJson(Task.Stored))(task), (json) =>
    Effect.promise(() => writeFile(`${path}.new`, json).then(() => rename(`${path}.new`, path)))
  ).pipe(Effect.orDie)

const program = Music.generate({ model: "music-2.5", idea: "rain on a tin roof", instrumental: true }).pipe(
  CheapAi.onSubmitted(keep),
  Effect.flatMap((task) => Task.await(task)),
  Effect.tap((result) => Effect.sync(() => console.log(JSON.stringify(result)))),
  Effect.provide(NodeCheapAi.layerConfig())
)

await Effect.runPromise(program)
