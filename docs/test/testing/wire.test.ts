import { expect, it } from "@effect/vitest"
import { Script, VirtualTime } from "@effect-cheapai/testing"
import { Effect } from "effect"
import { song } from "./songs.js"

const busy = Script.reply(429, { success: false, error: "Too many requests" }, { headers: { "retry-after": "2" } })
const taken = Script.reply(200, { success: true, task_id: "task_1" })
const done = Script.reply(200, { id: "task_1", status: "done", metadata: { audio_url: ["https://a.test/rain.mp3"] } })

it.live("waits as it is asked to, then sends the same again", () =>
  Effect.gen(function* () {
    expect(yield* song("rain")).toBe("/rain.mp3")
    const [first, second] = yield* (yield* Script.Recorder).sent
    expect(second?.at).toBeGreaterThanOrEqual(2000)
    expect(second?.body).toBe(first?.body)
  }).pipe(Effect.provide(Script.layer([busy, taken, done])), Effect.provide(VirtualTime.layer()))
)
