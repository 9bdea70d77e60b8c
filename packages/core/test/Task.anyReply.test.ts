import { describe, expect, it } from "@effect/vitest"
import * as Core from "@effect-cheapai/core"
import type * as Route from "@effect-cheapai/core/Route"
import * as Task from "@effect-cheapai/core/Task"
import * as Script from "@effect-cheapai/testing/Script"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import { inVirtualTime } from "./calls.js"

const isTaskRoute = (u: unknown): u is Route.TaskRoute<unknown, object> =>
  typeof u === "object" && u !== null && "result" in u && "replay" in u

const routes = Object.values(Core).flatMap((module) => Object.values(module).filter(isTaskRoute))

const anyJson = FastCheck.jsonValue({ maxDepth: 4 })

/** Close to the real thing, with anything in each place. */
const almostTask = FastCheck.record(
  {
    id: anyJson,
    status: FastCheck.oneof(FastCheck.constantFrom("done", "error", "doing", "success", "cancelled", ""), anyJson),
    progress: anyJson,
    credit_cost: anyJson,
    error_message: anyJson,
    output_uri: anyJson,
    metadata: FastCheck.oneof(
      anyJson,
      FastCheck.dictionary(
        FastCheck.constantFrom("audio_url", "srt_url", "json_url", "output_uri", "music_result", "result_images"),
        FastCheck.oneof(
          anyJson,
          FastCheck.webUrl(),
          FastCheck.record({
            data: FastCheck.array(
              FastCheck.dictionary(
                FastCheck.constantFrom("audio_url", "duration"),
                FastCheck.oneof(anyJson, FastCheck.webUrl())
              )
            )
          })
        )
      )
    )
  },
  { requiredKeys: [] }
)

describe("any JSON as a task", () => {
  it("has all task routes to try", () => {
    expect(routes.length).toBeGreaterThanOrEqual(10)
  })

  it.effect.prop(
    "gives a result, a running state or a typed error",
    { route: FastCheck.constantFrom(...routes), reply: FastCheck.oneof(anyJson, almostTask) },
    ({ reply, route }) =>
      Effect.gen(function* () {
        const task = Task.fromId(route, "t-1")
        const exit = yield* inVirtualTime(Effect.exit(Task.await(task, { timeout: "5 seconds" })))
        const answer = Exit.isSuccess(exit) ? exit.value.taskId : Cause.failureOption(exit.cause)
        if (Exit.isSuccess(exit)) expect(answer).toBe("t-1")
        else expect(answer).toMatchObject({ _tag: "Some", value: { taskId: "t-1", outcome: expect.any(String) } })
      }).pipe(Effect.provide(Script.layer([Script.reply(200, JSON.stringify(reply))]))),
    { fastCheck: { numRuns: 300, seed: 20261123 }, timeout: 120_000 }
  )
})
