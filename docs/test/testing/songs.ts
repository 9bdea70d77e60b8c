/** The program under test. It needs `CheapAi` and nothing else, so a test swaps one layer. */
import { Music, Task } from "@effect-cheapai/core"
import { Effect } from "effect"

export const song = (idea: string) =>
  Music.generate({ model: "music-2.5", idea }).pipe(
    Effect.flatMap((task) => Task.await(task, { timeout: "10 minutes" })),
    Effect.map(({ tracks }) => tracks[0].audioUrl.pathname),
    Effect.catchTag("RateLimitedError", (error) =>
      error.reason === "daily-limit" ? Effect.succeed("tomorrow") : Effect.fail(error)
    )
  )
