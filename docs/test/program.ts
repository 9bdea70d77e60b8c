import { Account, Music, Task } from "@effect-cheapai/core"
import { Effect } from "effect"

/** Knows nothing of where it runs: it needs `CheapAi` and nothing else. */
export const program = Effect.gen(function* () {
  const before = yield* Account.credits
  const task = yield* Music.generate({ model: "music-2.5", idea: "rain on a tin roof", instrumental: true })
  const song = yield* Task.await(task, { timeout: "20 seconds" })
  const refused = yield* Effect.flip(Music.generate({ model: "music-2.5", n: 0, idea: "rain" }))
  return { before, tracks: song.tracks.length, sameTask: song.taskId === task.id, refused: refused._tag }
})
