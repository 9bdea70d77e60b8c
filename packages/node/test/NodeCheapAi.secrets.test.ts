import type { Socket } from "node:net"
import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Route from "@effect-cheapai/core/Route"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"
import * as RawServer from "./rawServer.js"

const key = "sk_planted_0123456789abcdef"
const prompt = "a planted prompt about rain on a tin roof"
const query = "planted-query-value"
const planted = [key, prompt, query, encodeURIComponent(prompt)]
const quoted = planted.join(" and ")

/** A read that is a POST, with a query. */
const Price = Route.make({
  method: "POST",
  path: "/v1/price",
  query: ["voice"],
  replay: "safe",
  input: Schema.Struct({ voice: Schema.String, text: Schema.String }),
  output: Schema.Struct({ price: Schema.Number })
})

/** How a call fails, after it was logged as a program would. */
const failureOf = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  call.pipe(Effect.tapErrorCause(Effect.logError), Effect.sandbox, Effect.flip)

const failures = Effect.all([
  failureOf(Music.generate({ model: "music-2.5", idea: prompt, title: query })),
  failureOf(CheapAi.execute(Price, { voice: query, text: prompt }))
])

const reply = (status: string, body: string, headers = "content-type: application/json") =>
  `HTTP/1.1 ${status}\r\n${headers}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const says = (body: unknown) => JSON.stringify(body)

const printings = (value: unknown): ReadonlyArray<string> => [
  String(value),
  // Spans hold times that JSON can't.
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? Number(part) : part)) ?? "",
  inspect(value, { depth: 10 }),
  value instanceof Error ? `${value.message} ${value.stack}` : ""
]

type Answer = (socket: Socket) => void

const answers: ReadonlyArray<readonly [string, Answer]> = [
  ["a 400", (socket) => socket.end(reply("400 Bad Request", says({ error: { message: quoted, type: quoted } })))],
  ["a 401", (socket) => socket.end(reply("401 Unauthorized", says({ success: false, error: quoted })))],
  ["a gateway's 502", (socket) => socket.end(reply("502 x", `<title>${quoted}</title>`, "content-type: text/html"))],
  ["a 500 in plain text", (socket) => socket.end(reply("500 x", quoted, "content-type: text/plain"))],
  ["a redirect", (socket) => socket.end(reply("302 Found", "", `location: /?${encodeURIComponent(quoted)}`))],
  ["a request id", (socket) => socket.end(reply("503 x", "{}", `x-request-id: ${key} ${query}`))],
  ["a failure within a 200", (socket) => socket.end(reply("200 OK", says({ success: false, message: quoted })))],
  ["a 200 of another shape", (socket) => socket.end(reply("200 OK", says({ [quoted]: quoted, price: quoted })))],
  ["half a reply", (socket) => socket.end(reply("200 OK", quoted).slice(0, -10))],
  ["bytes that are not HTTP", (socket) => socket.end(quoted)],
  ["a head that is not HTTP", (socket) => socket.end(`HTTP/1.1 200 OK\r\n${quoted}\r\n\r\n`)],
  ["a head that is too long", (socket) => socket.end(reply("200 OK", "", `x: ${quoted.repeat(1000)}`))],
  ["a reset", (socket) => socket.resetAndDestroy()],
  ["silence", () => {}]
]

describe("a key, a prompt and a query value", () => {
  it.scopedLive.each(answers)(
    "appear in nothing that can be printed after %s, even when the reply quotes them",
    ([, answer]) =>
      Effect.gen(function* () {
        const port = yield* RawServer.make((socket) => socket.once("data", () => answer(socket)))
        const spans: Array<Tracer.Span> = []
        const base = yield* Effect.tracer
        const tracer = Tracer.make({
          context: (f, fiber) => base.context(f, fiber),
          span: (...of) => {
            const span = base.span(...of)
            spans.push(span)
            return span
          }
        })
        const log = CapturedLog.make()
        const attempts: Array<unknown> = []
        const causes = yield* failures.pipe(
          CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
          Effect.provide(
            Client.layer(`http://127.0.0.1:${port}`, {
              apiKey: Redacted.make(key),
              propagateTrace: true,
              timeouts: { attempt: "100 millis" }
            })
          ),
          Effect.provide(Layer.merge(log.layer, Layer.setTracer(tracer)))
        )
        expect(log.lines).toHaveLength(2)
        expect(spans).toHaveLength(2)
        const printed = [
          ...causes.map((cause) => Cause.pretty(cause, { renderErrorCause: true })),
          ...[...causes, ...causes.map(Cause.squash), ...attempts, ...log.lines, ...spans].flatMap(printings)
        ]
        for (const text of printed) for (const secret of planted) expect(text).not.toContain(secret)
      })
  )
})
