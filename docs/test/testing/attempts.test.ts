import { expect, it } from "@effect/vitest"
import { AttemptLog, Faults, VirtualTime } from "@effect-cheapai/testing"
import { Effect, Random } from "effect"
import { song } from "./songs.js"

const faults = Faults.script(Faults.strike("submit", 1, "status-503-error"), Faults.strike("poll", 1, "stall"))

it.live("tells each attempt, and how each call ended", () =>
  Effect.gen(function* () {
    yield* song("rain")
    const { text } = yield* AttemptLog.AttemptLog
    expect(yield* text).toMatchInlineSnapshot(`
      "       0 ms  call 1  POST /v1m/task/music-generation  try 1  503 ServiceUnavailableError  rejected  started  took 0 ms
           443 ms  call 1  POST /v1m/task/music-generation  try 2 after backoff 443 ms  200 success  started  took 0 ms
           443 ms  call 1  ended: success
          2867 ms  call 2  GET /v1/task/{task_id}  try 1  TimeoutError  unknown  started  took 10000 ms
         12867 ms  call 2  ended: TimeoutError, unknown, deadline
         16012 ms  call 3  GET /v1/task/{task_id}  try 1  200 success  started  took 0 ms
         16012 ms  call 3  ended: success"
    `)
  }).pipe(
    Effect.provide(AttemptLog.record(Faults.layer(faults))),
    Effect.withRandom(Random.make("back-off")),
    Effect.provide(VirtualTime.layer())
  )
)
