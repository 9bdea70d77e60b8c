import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Script from "@effect-cheapai/testing/Script"
import * as Chunk from "effect/Chunk"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { created, inVirtualTime, sentAt, submit } from "./calls.js"

const track = { audio_url: "https://cdn.example.com/1.mp3", title: "Rain", duration: "180000", music_id: null }
const done = {
  id: "t-1",
  status: "done",
  progress: 100,
  type: "minimax_music",
  credit_cost: "1188",
  metadata: { music_result: { data: [track] } },
  later: "unknown fields are let be"
}
const doing = (progress?: number) => Script.reply(200, { id: "t-1", status: "doing", progress, metadata: {} })
const finished = Script.reply(200, done)

const song = Effect.flatMap(submit, (task) => Task.await(task))

const polls = Effect.map(sentAt, (at) => at.slice(1))

describe("await", () => {
  it.effect("gives the result with its task and cost", () =>
    Effect.gen(function* () {
      const result = yield* inVirtualTime(song)
      expect(result).toMatchObject({ taskId: "t-1", creditCost: 1188 })
      expect(result.tracks.map(({ audioUrl, duration, title }) => [audioUrl.href, title, duration])).toEqual([
        [track.audio_url, "Rain", Duration.minutes(3)]
      ])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), finished])))
  )

  it.effect.each(["done", "completed", "success"])("a task that is %s has its result", (status) =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(song)).toMatchObject({ taskId: "t-1" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(200, { ...done, status })])))
  )

  it.effect.each(["error", "failed", "fail", "cancelled"])("a task that is %s has failed", (status) =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(Effect.flip(song))).toMatchObject({ _tag: "TaskFailedError", taskId: "t-1" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(200, { status })])))
  )

  it.effect("a song that can't be read costs none of the others", () =>
    Effect.gen(function* () {
      const { tracks } = yield* inVirtualTime(song)
      expect(tracks.map(({ audioUrl }) => audioUrl.href)).toEqual([track.audio_url])
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { ...done, metadata: { music_result: { data: [{ audio_url: null }, track, "odd"] } } })
        ])
      )
    )
  )

  it.effect.each([null, "odd", undefined])("reads the older form with covers of %j", (cover_url) =>
    Effect.gen(function* () {
      const { tracks } = yield* inVirtualTime(song)
      expect(tracks).toHaveLength(1)
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { ...done, metadata: { audio_url: [track.audio_url, null], cover_url } })
        ])
      )
    )
  )

  it.effect("reads the older form of a result too", () =>
    Effect.gen(function* () {
      const { tracks } = yield* inVirtualTime(song)
      expect(tracks.map(({ audioUrl, coverUrl }) => [audioUrl.href, coverUrl?.href])).toEqual([
        ["https://cdn.example.com/1.mp3", "https://cdn.example.com/1.png"],
        ["https://cdn.example.com/2.mp3", undefined]
      ])
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, {
            ...done,
            metadata: {
              audio_url: ["https://cdn.example.com/1.mp3", "https://cdn.example.com/2.mp3"],
              cover_url: ["https://cdn.example.com/1.png", null]
            }
          })
        ])
      )
    )
  )

  const trouble: ReadonlyArray<readonly [string, Script.Step]> = [
    ["an unknown status", Script.reply(200, { id: "t-1", status: "thinking" })],
    ["a 404 right after the submit", Script.reply(404, { success: false, error: "Task not found" })],
    ["a 429", Script.reply(429, { success: false, error: "Too many requests" })],
    ["a 429 for the daily limit", Script.reply(429, { success: false, error: "Daily spend limit" })],
    ["a 500", Script.reply(500, { success: false, error: "broke" })],
    ["a 501", Script.reply(501, "no")],
    ["a gateway's page", Script.reply(502, "<html><title>502 Bad Gateway</title></html>")],
    ["success: false", Script.reply(200, { success: false, message: "Task polling temporarily busy" })],
    ["success: false without pace words", Script.reply(200, { success: false, message: "hm" })],
    ["HTML on 200", Script.reply(200, "<html></html>")],
    ["a body without a status", Script.reply(200, { id: "t-1" })],
    ["a reset", Script.fails("reset")],
    ["a poll that never answers", Script.never()]
  ]

  it.effect.each(trouble)("%s on one poll is the poll's own trouble", ([, step]) =>
    Effect.gen(function* () {
      expect((yield* inVirtualTime(song)).taskId).toBe("t-1")
      expect(yield* polls).toHaveLength(2)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), step, finished])))
  )

  it.effect.each([401, 402, 403])("a %s on a poll ends the wait with the task's id on the error", (status) =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(error).toMatchObject({ status, taskId: "t-1" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(status, "no")])))
  )

  it.effect("a 404 that stays is believed after 10 seconds", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(error).toMatchObject({ _tag: "NotFoundError", taskId: "t-1" })
      const at = yield* polls
      expect(at.at(-2)).toBeLessThanOrEqual(10_000)
      expect(at.at(-1)).toBeGreaterThan(10_000)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(404, "no")])))
  )

  it.effect("polls at most 3 times in 10 seconds, never twice in one, and not over 18 seconds apart", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(Effect.flip(song))
      const at = yield* polls
      expect(at.filter((millis) => millis <= 10_000).length).toBeLessThanOrEqual(3)
      const gaps = at.map((millis, index) => millis - (at[index - 1] ?? 0))
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
      expect(Math.max(...gaps)).toBeLessThanOrEqual(18_000)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), doing(1)])))
  )

  it.effect("a poll's Retry-After is waited for", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(song)
      const [first = 0, second = 0] = yield* polls
      expect(second - first).toBe(30_000)
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(429, "slow down", { headers: { "retry-after": "30" } }),
          finished
        ])
      )
    )
  )

  it.effect("a poll's Retry-After past the task's time fails at once", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      if (error._tag !== "TaskTimeoutError") return expect.unreachable()
      expect(Duration.toSeconds(error.elapsed)).toBeLessThan(4)
      expect(error).toMatchObject({ taskId: "t-1", message: expect.stringContaining("longer than the time left") })
      expect(yield* polls).toHaveLength(1)
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(429, "slow down", { headers: { "retry-after": "1000" } }),
          finished
        ])
      )
    )
  )

  it.effect("a 429 on one poll slows the polls of other tasks too", () =>
    Effect.gen(function* () {
      const tasks = ["a", "b", "c"].map((id) => Task.fromId(Music.Generate, id))
      yield* inVirtualTime(Effect.forEach(tasks, (task) => Task.await(task), { concurrency: "unbounded" }))
      const [first = 0, ...others] = yield* sentAt
      expect(others).toHaveLength(3)
      expect(Math.min(...others)).toBeGreaterThanOrEqual(first + 20_000)
    }).pipe(
      Effect.withRandom(Random.fixed([0.5])),
      Effect.provide(Script.layer([Script.reply(429, "slow down", { headers: { "retry-after": "20" } }), finished]))
    )
  )

  it.effect.each([
    ["429", Script.reply(429, "slow down")],
    ["503", Script.reply(503, { success: false, error: "Overloaded" })],
    ["busy", Script.reply(200, { success: false, message: "Task polling temporarily busy" })]
  ] as const)("%s on one poll gives all a pause", ([, busy]) =>
    Effect.gen(function* () {
      const tasks = ["a", "b", "c"].map((id) => Task.fromId(Music.Generate, id))
      yield* inVirtualTime(Effect.forEach(tasks, (task) => Task.await(task), { concurrency: "unbounded" }))
      const [first = 0, ...others] = yield* sentAt
      expect(Math.min(...others)).toBeGreaterThanOrEqual(first + 1000)
    }).pipe(Effect.withRandom(Random.fixed([0.5])), Effect.provide(Script.layer([busy, finished])))
  )

  it.effect("first polls of many tasks spread over 1 to 3 seconds", () =>
    Effect.gen(function* () {
      const tasks = yield* Effect.replicateEffect(submit, 30)
      yield* inVirtualTime(Effect.forEach(tasks, (task) => Task.await(task), { concurrency: "unbounded" }))
      const at = (yield* sentAt).slice(30)
      expect(new Set(at).size).toBeGreaterThan(20)
      expect(Math.min(...at)).toBeGreaterThanOrEqual(1000)
      expect(Math.max(...at)).toBeLessThanOrEqual(3000)
    }).pipe(Effect.provide(Script.layer([...Array.from({ length: 30 }, () => Script.reply(200, created)), finished])))
  )

  it.effect("asks a last time a second before its time ends", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(Effect.flip(Effect.flatMap(submit, (task) => Task.await(task, { timeout: "8 seconds" }))))
      expect((yield* polls).at(-1)).toBe(7000)
    }).pipe(
      Effect.withRandom(Random.fixed([0.5])),
      Effect.provide(Script.layer([Script.reply(200, created), doing(1)]))
    )
  )

  it.effect("goes on although the wall clock is set back", () =>
    Effect.gen(function* () {
      const clock = yield* Effect.clock
      const back = (millis: number) => (millis > 1000 ? millis - 3_600_000 : millis)
      const skewed: Clock.Clock = Object.create(clock, {
        currentTimeMillis: { value: Effect.map(clock.currentTimeMillis, back) },
        unsafeCurrentTimeMillis: { value: () => back(clock.unsafeCurrentTimeMillis()) }
      })
      expect(yield* Effect.withClock(inVirtualTime(song), skewed)).toMatchObject({ taskId: "t-1" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), doing(1), doing(2), finished])))
  )

  it.effect("says what the last poll met, and why there was no further one", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(CheapAiError.explain(error)).toContain("The last poll failed (503). It stopped because the time given")
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(503)])))
  )

  it.effect("after 15 minutes fails with a task that can be stored and found again", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      if (error._tag !== "TaskTimeoutError") return expect.unreachable()
      expect(error).toMatchObject({ lastStatus: "doing", progress: 40, taskId: "t-1", elapsed: Duration.minutes(15) })
      expect(error).toMatchObject({ stopped: "deadline", attempts: [] })
      const json = JSON.stringify(yield* Schema.encode(Task.Stored)(error.task))
      const stored = yield* Schema.decodeUnknown(Task.Stored)(JSON.parse(json))
      const task = yield* Task.restore(Music.Generate, stored)
      expect(Task.toStored(task)).toEqual(error.task)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), doing(40)])))
  )

  it.effect("a task that ended in error says why and what it cost", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(error).toMatchObject({
        _tag: "TaskFailedError",
        message: "The idea was refused",
        creditCost: 7,
        taskId: "t-1",
        stopped: "not-transient"
      })
      expect(CheapAiError.explain(error)).toContain("It stopped because the task has ended.")
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { status: "error", error_message: "The idea was refused", credit_cost: 7 })
        ])
      )
    )
  )

  it.effect.each([{ toString: 1, valueOf: 1 }, "", [], true, -1, null])("a length of %j is left out", (duration) =>
    Effect.gen(function* () {
      const { tracks } = yield* inVirtualTime(song)
      expect(tracks[0].duration).toBeUndefined()
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          Script.reply(200, { ...done, metadata: { music_result: { data: [{ ...track, duration }] } } })
        ])
      )
    )
  )

  it.effect("an error after the submit is explained as one about a paid task", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(CheapAiError.explain(error)).toContain("The task t-1 is paid for; fetching it again costs nothing.")
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), doing(40)])))
  )

  it.effect("a finished task with an unreadable result keeps its id", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(song))
      expect(error).toMatchObject({ _tag: "InvalidResponseError", taskId: "t-1" })
      if (error._tag === "InvalidResponseError") expect(error.issues[0]?.path).toBe("metadata.music_result")
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), Script.reply(200, { ...done, metadata: {} })])))
  )
})

describe("changes", () => {
  it.effect("tells each status and progress once, never backwards, and the result last", () =>
    Effect.gen(function* () {
      const events = yield* submit.pipe(
        Effect.flatMap((task) => Stream.runCollect(Task.changes(task))),
        inVirtualTime
      )
      expect(
        Chunk.toReadonlyArray(events).map((event) => (event._tag === "Running" ? event.progress : event.result.taskId))
      ).toEqual([undefined, 20, 60, "t-1"])
    }).pipe(
      Effect.provide(
        Script.layer([
          Script.reply(200, created),
          doing(),
          doing(),
          doing(20),
          doing(20),
          doing(10),
          doing(60),
          finished
        ])
      )
    )
  )

  it.effect("stopping the consumer stops the polls", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flatMap(submit, (task) => Stream.runDrain(Task.changes(task))))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.interrupt(fiber)
      const before = (yield* polls).length
      yield* TestClock.adjust("10 minutes")
      expect(before).toBeGreaterThan(0)
      expect((yield* polls).length).toBe(before)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created), doing(1)])))
  )
})

describe("a task", () => {
  it.effect("prints as what can be kept, without its input", () =>
    Effect.gen(function* () {
      const task = yield* submit
      const printed = [String(task), inspect(task, { depth: 10 }), JSON.stringify(task)]
      for (const text of printed) {
        expect(text).toContain("t-1")
        expect(text.length).toBeLessThan(300)
        expect(text).not.toContain("waltz")
      }
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )
})

describe("a task from elsewhere", () => {
  it.effect("is polled within a second, by its id as one path segment, with no POST", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(Task.await(Task.fromId(Music.Generate, "a/b?c=1")))
      const sent = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(sent.map(({ method, target }) => [method, target])).toEqual([["GET", "/v1/task/a%2Fb%3Fc%3D1"]])
      expect(sent[0]?.at).toBeLessThan(1000)
    }).pipe(Effect.provide(Script.layer([finished])))
  )

  it.effect.each(["", ".", "..", "\ud800"])("an id that is no path segment is refused unsent: %j", (id) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Task.await(Task.fromId(Music.Generate, id)))
      expect(error).toMatchObject({ _tag: "InvalidInputError", outcome: "not-sent" })
      expect(yield* sentAt).toEqual([])
    }).pipe(Effect.provide(Script.layer([finished])))
  )

  it.effect("of another route is not restored", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Task.restore(Music.Generate, { id: "t-1", route: "POST /v1/task/sound-effect" }))
      expect(error.message).toContain("POST /v1/task/sound-effect")
    })
  )
})
