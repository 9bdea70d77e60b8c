import { createServer } from "node:http"
import { connect } from "node:net"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { describe, expect, it } from "@effect/vitest"
import * as Webhook from "@effect-cheapai/core/Webhook"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"

const token = "an-unguessable-token-of-40-characters-xy"
const webhook = Webhook.layer({ publicUrl: "https://app.example.com/hooks", token: Redacted.make(token) })
const server = Layer.merge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }), webhook)

/** What comes back to these bytes, up to the first line's end. */
const answerTo = (port: number, ...chunks: ReadonlyArray<string | Uint8Array>) =>
  Effect.async<string>((resume) => {
    let answer = ""
    const socket = connect(port, "127.0.0.1")
    const end = () => resume(Effect.succeed(answer.split("\r\n")[0] ?? ""))
    socket.on("data", (data) => {
      answer += data
      if (answer.includes("\r\n")) socket.destroy()
    })
    socket.on("error", end).on("close", end)
    for (const chunk of chunks) socket.write(chunk)
  })

const listening = (app: typeof Webhook.httpApp) =>
  Effect.gen(function* () {
    yield* HttpServer.serveEffect(app, HttpMiddleware.logger)
    const { address } = yield* HttpServer.HttpServer
    return address._tag === "TcpAddress" ? address.port : 0
  })

const head = (...lines: ReadonlyArray<string>) =>
  [`POST /hooks/${token} HTTP/1.1`, "host: a", "content-type: application/json", ...lines, "", ""].join("\r\n")

const chunked = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`

const notification = JSON.stringify({ id: "t-1", status: "done" })

describe("Webhook.httpApp on a socket", () => {
  const rows: ReadonlyArray<readonly [what: string, answer: string, ...chunks: ReadonlyArray<string>]> = [
    ["a notification", "204 No Content", head(`content-length: ${notification.length}`), notification],
    ["over 1 MiB by its length", "413 Payload Too Large", head("content-length: 2000000"), "x"],
    [
      "over 1 MiB in pieces",
      "413 Payload Too Large",
      head("transfer-encoding: chunked"),
      ...Array.from({ length: 50 }, () => chunked(65_536))
    ],
    ["no JSON", "400 Bad Request", head("content-length: 3"), "{]}"]
  ]

  it.scopedLive.each(rows)("answers %s with %s", ([, answer, ...chunks]) =>
    Effect.gen(function* () {
      expect(yield* answerTo(yield* listening(Webhook.httpApp), ...chunks)).toBe(`HTTP/1.1 ${answer}`)
    }).pipe(Effect.provide(server))
  )

  it.scopedLive(
    "answers a body that never ends after 10 seconds",
    () =>
      Effect.gen(function* () {
        const answer = yield* answerTo(yield* listening(Webhook.httpApp), head("content-length: 100"), "x")
        expect(answer).toBe("HTTP/1.1 400 Bad Request")
      }).pipe(Effect.provide(server)),
    20_000
  )

  it.scopedLive("shows its token neither in the server's log nor in its spans", () => {
    const seen: Array<string> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.make((entry) => seen.push(Logger.jsonLogger.log(entry)))
    )
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (...args) => {
        const span = native.span(...args)
        spans.push(span)
        return span
      },
      context: (f, fiber) => native.context(f, fiber)
    })
    return Effect.gen(function* () {
      const port = yield* listening(Webhook.httpApp)
      yield* answerTo(port, head(`content-length: ${notification.length}`), notification)
      yield* answerTo(port, head("content-length: 3"), "{]}")
      yield* Effect.sleep("50 millis")
      const attributes = spans.flatMap((span) => [...span.attributes.values()].map(String))
      expect(spans.length).toBeGreaterThan(0)
      expect([...seen, ...attributes].join("\n")).not.toContain(token)
    }).pipe(Effect.provide(server), Effect.provide(logger), Effect.withTracer(tracer))
  })
})

const native = Effect.runSync(Effect.tracer)
