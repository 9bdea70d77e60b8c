import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as Task from "@effect-cheapai/core/Task"
import * as Script from "@effect-cheapai/testing/Script"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { inVirtualTime } from "./calls.js"

const key = "sk_planted_key_0123456789"
const prompt = 'a "planted" prompt\nabout my neighbour’s garden, and more of it that goes on for a while'
const query = "planted query & välue"
const html = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;", "'": "&#39;" })[sign] ?? sign
  )
const planted = [
  key,
  prompt,
  JSON.stringify(prompt).slice(1, -1),
  encodeURIComponent(prompt),
  query,
  "neighbour",
  "garden",
  "planted query",
  "planted+query",
  "planted%20query"
]

const Echo = Route.make({
  method: "POST",
  path: "/v1/echo",
  query: ["format"],
  replay: "once",
  input: Schema.Struct({ text: Schema.String, format: Schema.String }),
  output: Schema.Struct({ ok: Schema.Literal(true) })
})

const quoting = (text: string) => `Refused ${key} for ${text} with ${query}`
const replies: ReadonlyArray<readonly [string, Script.Step]> = [
  ...[400, 401, 402, 403, 404, 418, 429, 500, 502, 503].flatMap(
    (status): ReadonlyArray<readonly [string, Script.Step]> => [
      [`${status} simple`, Script.reply(status, { success: false, error: quoting(prompt) })],
      [`${status} structured`, Script.reply(status, { error: { message: quoting(prompt), type: quoting(prompt) } })],
      [`${status} page`, Script.reply(status, `<html><title>${quoting(prompt)}</title></html>`)],
      [`${status} text`, Script.reply(status, quoting(encodeURIComponent(prompt)))],
      [`${status} address`, Script.reply(status, `No ${new URLSearchParams({ format: query })} here`)],
      [`${status} escaped page`, Script.reply(status, `<title>${html(quoting(prompt))}</title>`)],
      [`${status} truncated quote`, Script.reply(status, { success: false, error: quoting(prompt.slice(0, 50)) })]
    ]
  ),
  ["200 unsuccessful", Script.reply(200, { success: false, message: quoting(prompt) })],
  ["200 wrong shape", Script.reply(200, { ok: quoting(prompt) })],
  ["headers", Script.reply(400, "no", { headers: { "x-request-id": key, "retry-after": "soon" } })],
  ["reset", Script.fails("reset")],
  ["timeout", Script.never()]
]

/** Everything a program can print of a call: its error, its log, its spans. */
const everythingSaid = (
  effect: Effect.Effect<unknown, CheapAiError.CheapAiError, CheapAi.CheapAi>,
  step: Script.Step
) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      context: (f) => f(),
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        const span: Tracer.Span = {
          _tag: "Span",
          spanId: "0".repeat(16),
          traceId: "0".repeat(32),
          sampled: true,
          name,
          parent,
          context,
          links,
          kind,
          attributes,
          status: { _tag: "Started", startTime },
          end: (_, exit) => {
            lines.push(String(exit))
          },
          attribute: (name, value) => {
            attributes.set(name, value)
          },
          event: () => {},
          addLinks: () => {}
        }
        spans.push(span)
        return span
      }
    })
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.map(Logger.jsonLogger, (line) => {
        lines.push(line)
      })
    )
    const exit = yield* effect.pipe(
      CheapAi.withRetryPolicy(RetryPolicy.none),
      CheapAi.tapAttempt((attempt) => Effect.logInfo("attempt", attempt)),
      Effect.tapErrorCause((cause) => Effect.logError("failed", cause)),
      inVirtualTime,
      Effect.exit,
      Effect.provide(Script.layer([step], { apiKey: Redacted.make(key) })),
      Effect.provide(Layer.merge(logger, Layer.setTracer(tracer)))
    )
    if (Exit.isSuccess(exit)) return expect.unreachable("the call succeeded")
    expect(spans.length).toBeGreaterThan(0)
    for (const error of Chunk.toReadonlyArray(Cause.failures(exit.cause))) {
      expect(CheapAiError.is(error)).toBe(true)
      lines.push(error.message, String(error), JSON.stringify(error), inspect(error, { depth: 10, showHidden: true }))
      lines.push(CheapAiError.explain(error), JSON.stringify(Schema.encodeSync(CheapAiError.CheapAiError)(error)))
    }
    lines.push(Cause.pretty(exit.cause, { renderErrorCause: true }), JSON.stringify(exit), inspect(exit, { depth: 10 }))
    lines.push(...spans.map((span) => `${span.name} ${JSON.stringify([...span.attributes])}`))
    return lines.join("\n")
  })

describe("a key, a prompt and a query value appear nowhere", () => {
  it.effect.each(replies)("%s", ([, step]) =>
    Effect.gen(function* () {
      const said = yield* everythingSaid(CheapAi.execute(Echo, { text: prompt, format: query }), step)
      for (const secret of planted) expect(said).not.toContain(secret)
    })
  )

  it.effect("input that is refused", () =>
    Effect.gen(function* () {
      const bad = { model: "music-2.5", idea: prompt, lyrics: prompt, instrumental: true, [query]: key, n: -1 }
      const { [query]: _, ...typed } = bad
      const said = yield* everythingSaid(Music.generate(typed), Script.never())
      for (const secret of planted) expect(said).not.toContain(secret)
    })
  )

  it.effect.each([
    ["a refused poll", Script.reply(403, { success: false, error: `Not allowed: ${prompt}` })],
    ["a status", Script.reply(200, { status: prompt })],
    ["a broken result", Script.reply(200, { status: "done", metadata: prompt })]
  ] as const)("%s that quotes the input", ([, step]) =>
    Effect.gen(function* () {
      const error = yield* Task.submit(Music.Generate, { model: "music-2.5", idea: prompt }).pipe(
        Effect.flatMap((task) => Task.await(task)),
        Effect.flip,
        inVirtualTime,
        Effect.provide(Script.layer([Script.reply(200, { success: true, task_id: "t-1" }), step]))
      )
      const body = "body" in error && error.body !== undefined ? Redacted.value(error.body) : ""
      for (const secret of planted) expect(inspect(error, { depth: 10 }) + body).not.toContain(secret)
    })
  )

  it.effect("a task whose failure quotes the input", () =>
    Effect.gen(function* () {
      const submitted = Task.submit(Music.Generate, { model: "music-2.5", idea: prompt })
      const error = yield* submitted.pipe(
        Effect.flatMap((task) => Task.await(task)),
        Effect.flip,
        inVirtualTime,
        Effect.provide(
          Script.layer([
            Script.reply(200, { success: true, task_id: "t-1" }),
            Script.reply(200, { status: "error", error_message: `Refused: ${prompt}` })
          ])
        )
      )
      expect(error).toMatchObject({ _tag: "TaskFailedError", message: "Refused: …" })
      for (const secret of planted) expect(inspect(error, { depth: 10 })).not.toContain(secret)
    })
  )
})
