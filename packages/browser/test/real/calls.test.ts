import { expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServer from "../httpServer.js"
import { inChromium } from "./chromium.js"
import { credits, music, started } from "./started.js"
import * as Tab from "./tab.js"

const failure = { success: false, error: "It broke" }

const readable = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  HttpServer.make(
    HttpServer.forPages((response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      HttpServer.json(response, status, body)
    })
  )

inChromium("calls of a page in Chromium", () => {
  it.scopedLive("read, submit and poll on another origin", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      expect(Tab.value(yield* tab.run("credits", settings))).toBe(100_000)
      expect(Tab.value(yield* tab.run("finish", settings))).toMatchObject({ taskId: "task_000001", creditCost: 1188 })
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )

  it.scopedLive("obey a Retry-After that the server shows", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      yield* simulator.inject(Fault.reply(credits, Fault.tooManyRequests(1), { times: 2 }))
      const error = Tab.error(yield* tab.run("credits", { ...settings, tries: 2 }))
      expect(error).toMatchObject({
        _tag: "RateLimitedError",
        retryAfter: Duration.seconds(1),
        headersHidden: undefined
      })
      expect(error).toMatchObject({ attempts: [{}, { waitedFor: "retry-after" }] })
    })
  )

  it.scopedLive("say that headers were hidden, and back off instead", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { arrivals, url } = yield* readable(
        429,
        { success: false, error: "Too many requests" },
        { "retry-after": "9" }
      )
      const end = yield* tab.run("credits", { baseUrl: url, tries: 2 })
      expect(Tab.error(end)).toMatchObject({ _tag: "RateLimitedError", retryAfter: undefined, headersHidden: true })
      expect(Tab.error(end)).toMatchObject({ attempts: [{}, { waitedFor: "backoff", waited: Duration.millis(50) }] })
      expect(end).toMatchObject({ explanation: expect.stringContaining("Headers of the reply were hidden") })
      expect(arrivals).toHaveLength(2)
    })
  )

  it.scopedLive(
    "don't call headers hidden that the page's own server sends, or that don't matter for Retry-After",
    () =>
      Effect.gen(function* () {
        const tab = yield* Tab.open
        const own = new URL(tab.page.url()).origin
        expect(Tab.error(yield* tab.run("credits", { baseUrl: `${own}/missing` }))).toMatchObject({
          _tag: "NotFoundError",
          headersHidden: undefined
        })
        const { url } = yield* HttpServer.make(
          HttpServer.forPages((response) => HttpServer.json(response, 500, failure), { exposed: "*" })
        )
        expect(Tab.error(yield* tab.run("credits", { baseUrl: url }))).toMatchObject({ headersHidden: undefined })
      })
  )

  it.scopedLive.each(["submit", "uploadFile", "watchedUpload"] as const)(
    "%s: a redirect is an unexpected status",
    (program) =>
      Effect.gen(function* () {
        const tab = yield* Tab.open
        const { url } = yield* HttpServer.make(
          HttpServer.forPages((response) =>
            response.req.url === "/elsewhere"
              ? HttpServer.json(response, 200, { success: true, task_id: "t-1" })
              : response.writeHead(302, { location: "/elsewhere" }).end()
          )
        )
        expect(Tab.error(yield* tab.run(program, { baseUrl: url, tries: 3 }))).toMatchObject({
          _tag: "UnexpectedStatusError",
          status: 0,
          outcome: "unknown",
          stopped: "not-transient"
        })
      })
  )

  it.scopedLive("tell the service's own 500 from a gateway's page", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      yield* simulator.inject(
        Fault.reply(music, Wire.json(500, failure)),
        Fault.reply(music, Fault.nginx502),
        Fault.reply(music, Fault.serviceUnavailable)
      )
      const submit = Effect.map(tab.run("submit", settings), Tab.error)
      expect(yield* submit).toMatchObject({ _tag: "InternalError", source: "service", outcome: "failed" })
      expect(yield* submit).toMatchObject({ _tag: "ProcessingError", source: "gateway", outcome: "unknown" })
      expect(yield* submit).toMatchObject({ _tag: "ServiceUnavailableError", outcome: "rejected" })
    })
  )

  it.scopedLive("can't tell why there was no reply, and say so", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const closed = yield* Effect.scoped(Effect.map(readable(200, {}), ({ url }) => url))
      const withoutCors = yield* HttpServer.make((response) => HttpServer.json(response, 200, { credits: 1 }))
      const dropping = yield* HttpServer.make(HttpServer.forPages((response) => response.destroy(), { isKept: false }))
      const unknownHost = "https://unknown-host.invalid"
      for (const baseUrl of [closed, withoutCors.url, dropping.url, unknownHost]) {
        expect(Tab.error(yield* tab.run("submit", { baseUrl, tries: 3 }))).toMatchObject({
          _tag: "TransportError",
          code: "unknown",
          outcome: "unknown",
          stopped: "once-unknown",
          message: expect.stringContaining("a browser does not tell a page why")
        })
      }
      expect(dropping.arrivals.map(({ method }) => method)).toEqual(["OPTIONS", "POST"])
    })
  )

  it.scopedLive("give up on a reply that stalls when its attempt is over, and the server sees it", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { first, url } = yield* HttpServer.make(
        HttpServer.forPages((response) => response.writeHead(200).write('{"success":true,'))
      )
      const error = Tab.error(yield* tab.run("submit", { baseUrl: url, attempt: 500, tries: 3 }))
      expect(error).toMatchObject({
        _tag: "TimeoutError",
        phase: "attempt",
        outcome: "unknown",
        stopped: "once-unknown"
      })
      yield* Deferred.await((yield* first).left)
    })
  )

  it.scopedLive("end their connection when they are interrupted", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { first, url } = yield* HttpServer.make(HttpServer.forPages(() => {}))
      yield* tab.start("credits", { baseUrl: url })
      const { left } = yield* first
      yield* tab.interrupt
      yield* Deferred.await(left)
      expect(yield* tab.end).toMatchObject({ failure: expect.stringContaining("interrupted") })
    })
  )
})
