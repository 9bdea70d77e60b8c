import { expect, it } from "@effect/vitest"
import { CheapAiError, Music } from "@effect-cheapai/core"
import { TestCheapAi } from "@effect-cheapai/testing"
import { Effect } from "effect"
import { song } from "./songs.js"

const refusedFor = (reason: "pace" | "daily-limit") =>
  TestCheapAi.layer(TestCheapAi.on(Music.Generate, () => new CheapAiError.RateLimitedError({ message: "", reason })))

it.effect("waits for tomorrow at the daily limit only", () =>
  Effect.gen(function* () {
    expect(yield* Effect.provide(song("rain"), refusedFor("daily-limit"))).toBe("tomorrow")
    expect(yield* Effect.flip(Effect.provide(song("rain"), refusedFor("pace")))).toHaveProperty("reason", "pace")
  })
)
