import { createServer, type ServerResponse } from "node:http"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as ReverseProxy from "../src/ReverseProxy.js"
import * as HttpServer from "./httpServer.js"
import * as OwnServer from "./ownServer.js"

const key = "sk_planted_key_0123456789"
/** Of the page: nobody else may see them. */
const planted = {
  prompt: "planted-prompt",
  query: "planted-query",
  session: "planted_session",
  cookie: "planted-cookie",
  agent: "planted-agent"
}

const quoting = `Refused ${key} for ${planted.prompt}`
const shapes: Readonly<Record<string, string>> = {
  simple: JSON.stringify({ success: false, error: quoting }),
  structured: JSON.stringify({ error: { message: quoting, type: key } }),
  page: `<title>${quoting}</title>`,
  value: JSON.stringify({ success: true, credits: 7, task_id: key, note: quoting }),
  cut: `{"success":false,"error":"${quoting}`
}

type Reply = (response: ServerResponse) => void

const replies: ReadonlyArray<readonly [string, Reply]> = [
  ...[200, 302, 401, 429, 502].flatMap((status) =>
    Object.entries(shapes).map(([shape, body]): readonly [string, Reply] => [
      `${status} ${shape}`,
      (response) =>
        response
          .writeHead(status, { "x-request-id": key, location: `/${key}`, "set-cookie": key, "content-type": key })
          .end(body)
    ])
  ),
  [
    "in two pieces",
    (response) => void setTimeout(() => response.end(key.slice(9)), response.write(key.slice(0, 9)) ? 20 : 40)
  ],
  ["breaking off", (response) => void setTimeout(() => response.destroy(), response.write(quoting) ? 20 : 40)],
  ["stalling", (response) => void response.write(quoting)],
  ["reset", (response) => void response.destroy()]
]

const native = Effect.runSync(Effect.tracer)

/** What is logged and traced, and runs the effect so. */
const overheard = () => {
  const lines: Array<string> = []
  const spans: Array<Tracer.Span> = []
  const logger = Logger.replace(
    Logger.defaultLogger,
    Logger.make((entry) => lines.push(Logger.jsonLogger.log(entry), Logger.stringLogger.log(entry)))
  )
  const tracer = Tracer.make({
    span: (...args) => {
      const span = native.span(...args)
      spans.push(span)
      return span
    },
    context: (f, fiber) => native.context(f, fiber)
  })
  const said = () => [
    ...lines,
    ...spans.map((span) =>
      JSON.stringify([span.name, [...span.attributes], span.status], (_, v) => (typeof v === "bigint" ? String(v) : v))
    )
  ]
  const all = Layer.mergeAll(logger, Logger.minimumLogLevel(LogLevel.All), Layer.setTracer(tracer))
  return { spans, said, hear: Effect.provide(all) }
}

const headers = {
  authorization: `Bearer session-of-${planted.session}`,
  cookie: planted.cookie,
  "user-agent": planted.agent,
  "x-session": planted.session,
  "content-type": "application/json"
}
const body = JSON.stringify({ text: planted.prompt })
const asks: ReadonlyArray<readonly [path: string, init: RequestInit]> = [
  ["/v1/credits", {}],
  [`/v1/credits?q=${planted.query}`, {}],
  [`/nothing/${planted.prompt}?q=${planted.query}`, {}],
  ["/v1/credits", { method: "DELETE" }],
  ["/v1m/task/music-generation", { method: "POST", body }],
  [`/v1/text-to-speech/v?output_format=${planted.query}`, { method: "POST", body }],
  ["/v1i/task/price", { method: "POST", body }],
  ["/v1i/task/price", { method: "POST", body: planted.prompt.repeat(1000) }],
  ["/v1/credits", { headers: { "x-session": planted.session, "user-agent": planted.agent } }]
]

describe.each([
  ["node", NodeTransport.layer(), replies],
  ["fetch", CheapAi.layerFetchClient, replies.slice(-9)]
] as const)("over %s", (_, upstream, replies) => {
  it.scopedLive.each(replies)(
    "the key is in no answer, and nothing of the page in any log or span: %s",
    ([, reply]) => {
      const { hear, said, spans } = overheard()
      return Effect.gen(function* () {
        const { url } = yield* HttpServer.make(reply)
        const address = yield* OwnServer.onAPort(upstream, {
          apiKey: Redacted.make(key),
          baseUrl: url,
          maxBodySize: 10_000,
          timeouts: { attempt: "200 millis", idle: "200 millis" }
        })
        for (const [path, init] of asks) {
          const answer = yield* Effect.promise(() =>
            fetch(`${address}${path}`, { headers, redirect: "manual", ...init }).then(
              async (response) => [...response.headers].join() + (await response.text().catch(() => "")),
              () => ""
            )
          )
          expect(answer).not.toContain(key)
        }
        yield* Effect.sleep("20 millis")
        expect(spans.length).toBeGreaterThanOrEqual(asks.length)
        const all = said().join("\n")
        for (const secret of [key, ...Object.values(planted)]) expect(all).not.toContain(secret)
      }).pipe(hear)
    }
  )
})

it.scopedLive(
  "nor is anything of the page in the server's span where the application has one of its own within",
  () => {
    const { hear, said, spans } = overheard()
    return Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) =>
        HttpServer.json(response, 200, { success: true, credits: 7 })
      )
      const app = Effect.withSpan(ReverseProxy.httpApp, "its own")
      const address = yield* OwnServer.onAPort(NodeTransport.layer(), { apiKey: Redacted.make(key), baseUrl: url }, app)
      for (const [path, init] of asks) {
        yield* Effect.promise(() =>
          fetch(`${address}${path}`, { headers, ...init }).then((response) => response.text())
        )
      }
      yield* Effect.sleep("20 millis")
      expect(new Set(spans.map(({ name }) => name))).toContain("its own")
      const all = said().join("\n")
      for (const secret of [key, ...Object.values(planted)]) expect(all).not.toContain(secret)
    }).pipe(hear)
  }
)

it.scopedLive("nor is it when the service can't be reached", () => {
  const { hear, said } = overheard()
  return Effect.gen(function* () {
    const server = createServer()
    const port = yield* Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(Object(server.address()).port)))
    })
    yield* Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
    const address = yield* OwnServer.onAPort(NodeTransport.layer(), {
      apiKey: Redacted.make(key),
      baseUrl: `http://127.0.0.1:${port}`
    })
    for (const [path, init] of asks) {
      const text = yield* Effect.promise(() => fetch(`${address}${path}`, { headers, ...init }).then((r) => r.text()))
      expect(text).not.toContain(key)
    }
    const all = said().join("\n")
    for (const secret of [key, ...Object.values(planted)]) expect(all).not.toContain(secret)
  }).pipe(hear)
})
