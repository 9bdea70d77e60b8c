import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import type * as Task from "@effect-cheapai/core/Task"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Script from "@effect-cheapai/testing/Script"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { created, inVirtualTime, sentAt, submit } from "./calls.js"

const logs = Effect.map(Ref.make(Chunk.empty<string>()), (ref) => ({
  all: Effect.map(Ref.get(ref), Chunk.toReadonlyArray),
  layer: Logger.replace(
    Logger.defaultLogger,
    Logger.map(Logger.logfmtLogger, (line) => Effect.runSync(Ref.update(ref, Chunk.append(line))))
  )
}))

const slow = Script.reply(200, created, { after: "3 seconds" })

describe("time", () => {
  it.effect("an attempt that never answers ends after 60 seconds, its outcome unknown", () =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(submit))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt", outcome: "unknown" })
      expect(error.attempts.map((attempt) => Duration.toMillis(attempt.took))).toEqual([60_000])
    }).pipe(Effect.provide(Script.layer([Script.never()])))
  )

  it.effect("the attempt's time covers the body", () =>
    Effect.gen(function* () {
      const error = yield* submit.pipe(CheapAi.withTimeouts({ attempt: "2 seconds" }), Effect.flip, inVirtualTime)
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt" })
    }).pipe(Effect.provide(Script.layer([Script.wire(Wire.cut(Wire.json(200, created), "stall"))])))
  )

  it.effect("the total time ends a call in the middle of an attempt, with a record of it", () =>
    Effect.gen(function* () {
      const error = yield* Account.credits.pipe(
        CheapAi.withTimeouts({ total: "5 seconds" }),
        Effect.flip,
        inVirtualTime
      )
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", stopped: "deadline", isTransient: false })
      expect(error.attempts).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([Script.never()])))
  )

  it.effect("a wait that would outlast the call fails at once with the last error", () =>
    Effect.gen(function* () {
      const error = yield* submit.pipe(CheapAi.withTimeouts({ total: "5 seconds" }), Effect.flip)
      expect(error).toMatchObject({ _tag: "RateLimitedError", stopped: "deadline" })
      expect(yield* sentAt).toEqual([0])
    }).pipe(Effect.provide(Script.layer([Script.reply(429, "slow down", { headers: { "retry-after": "9" } })])))
  )
})

describe("withTimeouts", () => {
  it.effect("leaves alone what it doesn't name", () =>
    Effect.gen(function* () {
      const error = yield* submit.pipe(
        CheapAi.withTimeouts({ attempt: undefined, total: "1 hour" }),
        Effect.flip,
        inVirtualTime
      )
      expect(error).toMatchObject({ phase: "attempt", elapsed: Duration.seconds(5) })
    }).pipe(Effect.provide(Script.layer([Script.never()], { timeouts: { attempt: "5 seconds" } })))
  )
})

describe("tapAttempt", () => {
  it.effect("shows each attempt, the last one and success included", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make<ReadonlyArray<Attempt>>([])
      yield* submit.pipe(
        CheapAi.tapAttempt((attempt) => Ref.update(seen, (all) => [...all, attempt])),
        inVirtualTime
      )
      expect((yield* Ref.get(seen)).map(({ number, result, status }) => [number, result, status])).toEqual([
        [1, "ServiceUnavailableError", 503],
        [2, "success", 200]
      ])
    }).pipe(Effect.provide(Script.layer([Script.reply(503), Script.reply(200, created)])))
  )

  it.effect("a fault in the function costs the caller nothing", () =>
    Effect.gen(function* () {
      const { all, layer } = yield* logs
      const task = yield* submit.pipe(
        CheapAi.tapAttempt(() => Effect.dieMessage("oh")),
        CheapAi.onSubmitted(() => Effect.dieMessage("no")),
        Effect.provide(layer)
      )
      expect(task.id).toBe("t-1")
      expect((yield* all).filter((line) => line.includes("level=ERROR"))).toHaveLength(2)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )
})

describe("no paid task is lost", () => {
  const saved = Effect.map(Ref.make<ReadonlyArray<string>>([]), (ref) => ({
    ids: Ref.get(ref),
    save: (task: Task.Stored) => Ref.update(ref, (ids) => [...ids, task.id])
  }))

  it.effect("onSubmitted runs before the caller goes on, innermost and outermost", () =>
    Effect.gen(function* () {
      const { ids, save } = yield* saved
      const seenByCaller = yield* submit.pipe(
        CheapAi.onSubmitted(save),
        Effect.zipRight(ids),
        CheapAi.onSubmitted(save)
      )
      expect(seenByCaller).toEqual(["t-1", "t-1"])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect.each([
    ["onSubmitted", (effect: typeof submit) => CheapAi.onSubmitted(() => Effect.never)(effect)],
    ["tapAttempt", (effect: typeof submit) => CheapAi.tapAttempt(() => Effect.never)(effect)]
  ] as const)("a function given to %s that never ends does not take the task from its caller", ([, never]) =>
    Effect.gen(function* () {
      const { ids, save } = yield* saved
      const task = yield* submit.pipe(never, CheapAi.onSubmitted(save), inVirtualTime)
      expect(task.id).toBe("t-1")
      expect(yield* ids).toEqual(["t-1"])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect("interrupting the caller releases it at once; the request goes on and its task is told", () =>
    Effect.gen(function* () {
      const { ids, save } = yield* saved
      const fiber = yield* Effect.fork(CheapAi.onSubmitted(save)(submit))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      expect(yield* ids).toEqual([])
      yield* TestClock.adjust("2 seconds")
      expect(yield* ids).toEqual(["t-1"])
      expect(yield* sentAt).toEqual([0])
    }).pipe(Effect.provide(Script.layer([slow])))
  )

  it.effect("without a handler one warning names the task", () =>
    Effect.gen(function* () {
      const { all, layer } = yield* logs
      const fiber = yield* Effect.fork(Effect.provide(submit, layer))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("2 seconds")
      expect((yield* all).filter((line) => line.includes("level=WARN") && line.includes("t-1"))).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([slow])))
  )

  it.effect("a total time that runs out counts as leaving: the task is told all the same", () =>
    Effect.gen(function* () {
      const { ids, save } = yield* saved
      const error = yield* submit.pipe(
        CheapAi.withTimeouts({ total: "2 seconds" }),
        CheapAi.onSubmitted(save),
        Effect.flip,
        inVirtualTime
      )
      expect(error).toMatchObject({ phase: "total", outcome: "unknown" })
      expect(yield* ids).toEqual(["t-1"])
    }).pipe(Effect.provide(Script.layer([slow])))
  )

  it.effect("a request that has not started is dropped with its caller", () =>
    Effect.gen(function* () {
      const { ids, save } = yield* saved
      const fiber = yield* Effect.fork(CheapAi.onSubmitted(save)(submit))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      expect(yield* ids).toEqual([])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created, { after: "3 seconds", evidence: "not-started" })])))
  )

  it.effect("a whole reply whose connection breaks afterwards is a reply", () =>
    Effect.gen(function* () {
      expect((yield* submit).id).toBe("t-1")
    }).pipe(Effect.provide(Script.layer([Script.wire({ ...Wire.json(200, created), end: "reset" })])))
  )

  it.effect("half a reply is not", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(submit)
      expect(error).toMatchObject({ _tag: "TransportError", code: "body", outcome: "unknown", stopped: "once-unknown" })
      expect(yield* sentAt).toEqual([0])
    }).pipe(Effect.provide(Script.layer([Script.wire(Wire.cut(Wire.json(200, created), "reset"))])))
  )
})

describe("what goes out", () => {
  it.effect("a submit is one POST with the wire's names and nothing more", () =>
    Effect.gen(function* () {
      yield* Music.generate({
        model: "music-2.5",
        idea: "rain",
        n: 2,
        instrumental: true,
        generationType: 1,
        rewriteIdea: false,
        receiveUrl: "https://example.com/hook"
      })
      const [sent] = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(sent).toMatchObject({ method: "POST", target: "/v1m/task/music-generation" })
      expect(JSON.parse(sent?.body ?? "")).toEqual({
        model: "music-2.5",
        idea: "rain",
        n: 2,
        instrumental: true,
        generation_type: 1,
        rewrite_idea_switch: false,
        receive_url: "https://example.com/hook"
      })
      expect(Object.keys(sent?.headers ?? {}).sort()).toEqual([
        "accept",
        "authorization",
        "content-length",
        "content-type"
      ])
    }).pipe(Effect.withSpan("caller"), Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect("the trace goes out only when asked for", () =>
    Effect.gen(function* () {
      yield* submit
      const [sent] = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
      expect(sent?.headers).toHaveProperty("traceparent")
    }).pipe(
      Effect.withSpan("caller"),
      Effect.provide(Script.layer([Script.reply(200, created)], { propagateTrace: true }))
    )
  )

  it.effect("the last policy set is the one that counts", () =>
    Effect.gen(function* () {
      const inner = submit.pipe(
        CheapAi.withRetryPolicy(RetryPolicy.none),
        CheapAi.withRetryPolicy(RetryPolicy.standard)
      )
      yield* inVirtualTime(Effect.flip(inner))
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([Script.reply(503)])))
  )
})

describe("layerFetch", () => {
  it.effect("a reply without any body counts as an empty one", () =>
    Effect.gen(function* () {
      const Remove = Route.make({
        method: "DELETE",
        path: "/v1m/voice/clone/{id}",
        replay: "safe",
        input: Schema.Struct({ id: Schema.String }),
        output: Schema.Struct({ success: Schema.optional(Schema.Boolean) })
      })
      const fetch = () => Promise.resolve(new Response(null, { status: 204 }))
      const removed = yield* CheapAi.execute(Remove, { id: "v" }).pipe(
        Effect.provide(CheapAi.layerFetch({ apiKey: Redacted.make("sk_test_valid") })),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      expect(removed).toEqual({})
    })
  )

  it.effect("works over any fetch, follows no redirect, and claims to know nothing of what left", () =>
    Effect.gen(function* () {
      const sent: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        sent.push(init)
        return sent.length === 1
          ? Response.json({ success: true, credits: 5 })
          : Promise.reject(new TypeError("failed"))
      }
      const layer = CheapAi.layerFetch({ apiKey: Redacted.make("sk_test_valid") })
      const error = yield* Account.credits.pipe(
        Effect.zipRight(Effect.flip(submit)),
        Effect.provide(layer),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      expect(error).toMatchObject({ _tag: "TransportError", outcome: "unknown", attempts: [{ evidence: "unknown" }] })
      expect(sent.map((init) => init?.redirect)).toEqual(["manual", "manual"])
    })
  )
})
