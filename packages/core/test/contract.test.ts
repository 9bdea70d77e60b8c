import { describe, expect, it } from "@effect/vitest"
import * as Core from "@effect-cheapai/core"
import * as Script from "@effect-cheapai/testing/Script"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { type AnyRoute, functionOf, routeOf, routes, run } from "./barrel.js"
import { inVirtualTime } from "./calls.js"
import { fixtures } from "./fixtures.js"

interface Reply {
  readonly what: string
  readonly status?: number
  readonly body: unknown
}

interface Wire {
  readonly call: string
  readonly requests: ReadonlyArray<{ readonly what: string; readonly input?: unknown; readonly request: unknown }>
  readonly replies: ReadonlyArray<Reply & { readonly value: unknown }>
  readonly refusedReplies?: ReadonlyArray<Reply & { readonly issue: string }>
  readonly results?: ReadonlyArray<{ readonly what: string; readonly task: unknown; readonly value: unknown }>
  readonly refusedResults?: ReadonlyArray<{ readonly what: string; readonly task: unknown; readonly issue: string }>
}

const mapValues = (u: object, f: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(u).flatMap(([key, value]) => (value === undefined ? [] : [[key, f(value)]])))

/** `{"$upload": {name, type, text}}` is a file. */
const revive = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(revive)
  if (!Predicate.isRecord(json)) return json
  const { $upload: file } = json
  return Predicate.isRecord(file)
    ? Core.Upload.fromBytes(new TextEncoder().encode(String(file.text)), {
        name: String(file.name),
        type: String(file.type)
      })
    : mapValues(json, revive)
}

const plain = (value: unknown): unknown => {
  if (value instanceof URL) return value.href
  if (Duration.isDuration(value)) return Duration.toMillis(value)
  if (Array.isArray(value)) return value.map(plain)
  return Predicate.isRecord(value) ? mapValues(value, plain) : value
}

/** A task stands for its id and what is left. */
const comparable = (call: string, value: unknown): unknown =>
  Core.Route.isTask(routeOf(call)) && Predicate.hasProperty(value, "id") && Predicate.hasProperty(value, "creditsLeft")
    ? plain({ id: value.id, creditsLeft: value.creditsLeft })
    : plain(value ?? null)

/** The boundary is drawn anew for each request, and the length follows from the body. */
const shown = ({ body, headers, method, target }: Script.Sent) => {
  const mark = /boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1] ?? "BOUNDARY"
  const isLength = headers["content-length"] === String(new TextEncoder().encode(body).byteLength)
  return {
    method,
    target,
    headers: {
      ...mapValues(headers, (value) => String(value).replace(mark, "BOUNDARY")),
      ...(isLength ? { "content-length": "LENGTH" } : {})
    },
    body: body.replaceAll(mark, "BOUNDARY")
  }
}

const scripted = ({ body, status = 200 }: Reply) => Script.layer([Script.reply(status, body)])

const awaited = (route: AnyRoute, task: unknown) =>
  Core.Route.isTask(route)
    ? Effect.provide(
        inVirtualTime(Core.Task.await(Core.Task.fromId(route, "task_123"))),
        Script.layer([Script.reply(200, task)])
      )
    : Effect.dieMessage(`${route.key} creates no task`)

const issuePaths = (error: unknown): ReadonlyArray<unknown> =>
  Predicate.hasProperty(error, "issues") && Array.isArray(error.issues) ? error.issues.map(({ path }) => path) : []

const wires = fixtures<Wire>("wire")

describe.each(wires)(
  "%s",
  (file, { call, refusedReplies = [], refusedResults = [], replies, requests, results = [] }) => {
    const input = revive(requests[0]?.input)

    it("is named for its call", () => {
      const [module = "", name = ""] = call.split(".")
      expect(file).toBe(`${functionOf(module)}-${name}`)
      expect(routeOf(call).key).toMatch(/^(GET|POST|DELETE) \/v1/)
    })

    it.effect.each(requests)("sends $what", ({ input, request }) =>
      Effect.gen(function* () {
        yield* run(call, revive(input))
        const sent = yield* Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)
        expect(sent.map(shown)).toEqual([request])
      }).pipe(Effect.provide(scripted(replies[0] ?? { what: "", body: {} })))
    )

    it.effect.each(replies)("reads a reply: $what", (reply) =>
      Effect.gen(function* () {
        expect(comparable(call, yield* run(call, input))).toEqual(reply.value)
      }).pipe(Effect.provide(scripted(reply)))
    )

    it.effect.each(refusedReplies)("refuses a reply: $what", (reply) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.asVoid(run(call, input)))
        expect(error._tag).toBe("InvalidResponseError")
        expect(issuePaths(error)).toContain(reply.issue)
      }).pipe(Effect.provide(scripted(reply)))
    )

    it.effect.each(results)("reads a result: $what", ({ task, value }) =>
      Effect.gen(function* () {
        const route = routeOf(call)
        const result = yield* awaited(route, task)
        expect(plain(result)).toEqual(value)
        if (!Core.Route.isTask(route)) return
        const again = yield* Effect.flatMap(
          Schema.encodeUnknown(route.result)(result),
          Schema.decodeUnknown(route.result)
        )
        expect(value).toMatchObject(Object(plain(again)))
      })
    )

    it.effect.each(refusedResults)("refuses a result: $what", ({ issue, task }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.asVoid(awaited(routeOf(call), task)))
        expect(error._tag).toBe("InvalidResponseError")
        expect(issuePaths(error)).toContain(issue)
      })
    )
  }
)

it("every route of the barrel has its file", () => {
  expect(wires.map(([, { call }]) => call).sort()).toEqual([...routes.keys()].sort())
})

it("every route that creates a task has its results", () => {
  const withResults = wires.filter(([, { results }]) => results !== undefined).map(([, { call }]) => call)
  const creating = [...routes].filter(([, route]) => Core.Route.isTask(route)).map(([call]) => call)
  expect(withResults.sort()).toEqual(creating.sort())
})

it("what is a read may be sent again, whatever its method", () => {
  const safe = [...routes].filter(([, { replay }]) => replay === "safe").map(([call]) => call)
  expect(safe.sort()).toEqual([
    "Account.credits",
    "Account.packages",
    "Image.models",
    "Image.price",
    "Task.get",
    "VoiceClone.delete",
    "VoiceClone.list"
  ])
})
