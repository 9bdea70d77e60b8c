import { describe, expect, it } from "@effect/vitest"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as OwnServer from "./ownServer.js"
import * as Wire from "./wire.js"

const credits = Wire.json(200, { success: true, credits: 7 })
const created = Wire.json(200, { success: true, task_id: "t-1", ec_remain_credits: 5 })
const song = {
  method: "POST",
  body: '{"model":"music-2.5","idea":"rain"}',
  headers: { authorization: "Bearer session-of-ann", "content-type": "application/json" }
}
const songs = "/v1m/task/music-generation"

const textOf = (response: Response) => Effect.promise(() => response.text())

describe("a listed call", () => {
  it.scopedLive("goes on with the key, and with nothing of the page's but its body and what that is", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const ask = yield* OwnServer.inMemory(layer)
      const response = yield* ask(songs, {
        ...song,
        headers: {
          ...song.headers,
          accept: "application/json",
          cookie: "session=planted",
          "x-session": "planted",
          origin: "https://app.test",
          "user-agent": "planted",
          traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "accept-encoding": "gzip",
          "proxy-authorization": "planted"
        }
      })
      expect([response.status, yield* textOf(response)]).toEqual([
        200,
        '{"success":true,"task_id":"t-1","ec_remain_credits":5}'
      ])
      expect(sent.map(({ body, request: { method }, url }) => [method, url, body])).toEqual([
        ["POST", `https://api.cheapai.test${songs}`, song.body]
      ])
      expect(sent[0]?.request.headers).toEqual({
        accept: "application/json",
        authorization: `Bearer ${OwnServer.key}`,
        "content-length": String(song.body.length),
        "content-type": "application/json"
      })
    })
  )

  it.scopedLive("keeps its path and query as they came", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const ask = yield* OwnServer.inMemory(layer, { baseUrl: "https://api.cheapai.test/prefix/" })
      yield* ask("/v1/text-to-speech/a%20b?output_format=mp3%2B1", song)
      expect(sent.map(({ url }) => url)).toEqual([
        "https://api.cheapai.test/prefix/v1/text-to-speech/a%20b?output_format=mp3%2B1"
      ])
    })
  )

  it.scopedLive("has only those headers of the reply that a client reads, and none that holds the key", () =>
    Effect.gen(function* () {
      const headers = {
        "retry-after": "3",
        "retry-after-ms": "2500",
        "x-request-id": "r-1",
        "request-id": `of ${OwnServer.key}`,
        "cf-ray": "c-1",
        date: "Tue, 15 Nov 1994 08:12:31 GMT",
        "set-cookie": "a=b",
        location: "https://elsewhere.example",
        server: "planted",
        "access-control-allow-origin": "*"
      }
      const { layer } = Wire.make(Wire.json(429, { success: false, error: "slow down" }, headers))
      const ask = yield* OwnServer.inMemory(layer)
      for (const call of [ask("/v1/credits"), ask(songs, song)]) {
        const response = yield* call
        expect(response.status).toBe(429)
        expect(Object.fromEntries(response.headers)).toEqual({
          "cache-control": "no-store",
          "cf-ray": "c-1",
          "content-type": "application/json",
          date: headers.date,
          "retry-after": "3",
          "retry-after-ms": "2500",
          "x-content-type-options": "nosniff",
          "x-request-id": "r-1",
          ...(response.headers.has("content-length") ? { "content-length": "37" } : {})
        })
      }
    })
  )

  it.scopedLive.each([301, 302, 303, 307, 308])("a redirect of the service (%s) leads nowhere", (status) =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(
        Wire.reply("moved", { status, headers: { location: "https://elsewhere.example/x" } })
      )
      const ask = yield* OwnServer.inMemory(layer)
      for (const call of [ask("/v1/credits"), ask(songs, song)]) {
        const response = yield* call
        expect([response.status, response.headers.get("location")]).toEqual([status, null])
      }
      expect(sent).toHaveLength(2)
    })
  )

  it.scopedLive.each([400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504, 524])(
    "an error of the service (%s) comes through byte for byte",
    (status) =>
      Effect.gen(function* () {
        const body = `{"success":false, "error":"ünïcode ${"x".repeat(100_000)}"}`
        const { layer } = Wire.make(Wire.reply(body, { status, headers: { "content-type": "application/json" } }))
        const ask = yield* OwnServer.inMemory(layer)
        for (const call of [ask("/v1/credits"), ask(songs, song)]) {
          const response = yield* call
          expect([response.status, yield* textOf(response)]).toEqual([status, body])
        }
      })
  )

  it.scopedLive.each([204, 205])("a reply without a body (%s) has none", (status) =>
    Effect.gen(function* () {
      const { layer } = Wire.make(Wire.reply(null, { status }))
      const ask = yield* OwnServer.inMemory(layer)
      for (const call of [ask("/v1/credits"), ask(songs, song)]) {
        const response = yield* call
        expect([response.status, yield* textOf(response)]).toEqual([status, ""])
      }
    })
  )
})

describe("a call that is not listed", () => {
  it.scopedLive.each<readonly [method: string, path: string, status: number]>([
    ["GET", "/v1/packages", 404],
    ["GET", "/v1/credits/", 404],
    ["GET", "//v1/credits", 404],
    ["GET", "/V1/credits", 404],
    ["GET", "/v1/credits?key=1", 404],
    ["GET", "/v1/task/..%2Fcredits", 404],
    ["GET", "/v1/task/a/b", 404],
    ["GET", "/", 404],
    ["POST", "/v1/credits", 405],
    ["DELETE", "/v1/task/t-1", 405],
    ["OPTIONS", "/v1/credits", 405],
    ["GET", songs, 405],
    ["HEAD", "/v1/credits", 405]
  ])("%s %s is answered in the service's JSON, and nothing is sent", ([method, path, status]) =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(credits)
      const ask = yield* OwnServer.inMemory(layer)
      const response = yield* ask(path, { method })
      expect([response.status, sent]).toEqual([status, []])
      expect(response.headers.get("allow")).toBe(status === 404 ? null : path === songs ? "POST" : "GET")
      if (method === "HEAD") return
      expect(JSON.parse(yield* textOf(response))).toEqual({ success: false, error: expect.any(String) })
    })
  )
})

describe("a body of another type than the route's", () => {
  it.scopedLive.each<readonly [path: string, type: string | undefined]>([
    [songs, "text/plain"],
    [songs, "text/plain; application/json"],
    [songs, "multipart/form-data; boundary=b"],
    [songs, "application/x-www-form-urlencoded"],
    [songs, undefined],
    ["/v1i/task/price", "text/plain"],
    ["/v1/task/voice-isolate", "application/json"]
  ])("is a 415, as a page of another site may send it without asking: %s %s", ([path, type]) =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const ask = yield* OwnServer.inMemory(layer)
      const { authorization } = song.headers
      const headers = type === undefined ? { authorization } : { authorization, "content-type": type }
      const response = yield* ask(path, { ...song, body: new TextEncoder().encode(song.body), headers })
      expect([response.status, sent]).toEqual([415, []])
    })
  )

  it.scopedLive("is none where the type has parameters, or another case", () =>
    Effect.gen(function* () {
      const ask = yield* OwnServer.inMemory(Wire.make(created).layer)
      const headers = { ...song.headers, "content-type": "Application/JSON; charset=utf-8" }
      expect((yield* ask(songs, { ...song, headers })).status).toBe(200)
    })
  )
})

describe("authorize", () => {
  it.scopedLive("refuses with an error that the page's client fails with, and nothing is sent", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(credits)
      const ask = yield* OwnServer.inMemory(layer)
      const response = yield* ask("/v1/credits", { headers: {} })
      expect([response.status, yield* textOf(response)]).toEqual([401, '{"success":false,"error":"Sign in first."}'])
      const slow = yield* OwnServer.inMemory(layer, {
        authorize: () =>
          Effect.fail(
            new CheapAiError.RateLimitedError({
              message: "Too many requests",
              reason: "pace",
              retryAfter: Duration.millis(1500)
            })
          )
      })
      const limited = yield* slow("/v1/credits")
      expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"])
      expect(sent).toEqual([])
    })
  )

  it.scopedLive("is asked about the call, so a task can be kept to its owner", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(credits)
      const asked: Array<unknown> = []
      const ask = yield* OwnServer.inMemory(layer, {
        authorize: (_, { parameters, route }) => {
          asked.push([route.key, parameters])
          return Effect.fail(new CheapAiError.ForbiddenError({ message: "This task is somebody else's." }))
        }
      })
      expect((yield* ask("/v1/task/t-1")).status).toBe(403)
      expect(asked).toEqual([["GET /v1/task/{task_id}", { task_id: "t-1" }]])
      expect(sent).toEqual([])
    })
  )

  it.scopedLive("that dies is an answer which says that nothing was sent", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(credits)
      const ask = yield* OwnServer.inMemory(layer, { authorize: () => Effect.die(new Error("no database")) })
      const throwing = yield* OwnServer.inMemory(layer, {
        authorize: () => {
          throw new Error("no database")
        }
      })
      for (const call of [ask("/v1/credits"), throwing(songs, song)]) {
        const response = yield* call
        expect(response.status).toBe(503)
        expect(JSON.parse(yield* textOf(response))).toMatchObject({ success: false })
      }
      expect(sent).toEqual([])
    })
  )
})

describe("an application that never answers", () => {
  const store = { book: () => Effect.never, release: () => Effect.void }
  it.scopedLive.each<readonly [what: string, options: Partial<OwnServer.Options>]>([
    ["whether a caller may", { authorize: () => Effect.never }],
    ["whether it booked", { credits: { limit: () => 1, costs: { [Music.Generate.key]: 1 }, store } }]
  ])("%s is waited for no longer than `idle`, and nothing is sent", ([, options]) =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const routes = [Music.Generate]
      const ask = yield* OwnServer.inMemory(layer, { routes, timeouts: { idle: "100 millis" }, ...options })
      expect([(yield* ask(songs, song)).status, sent]).toEqual([503, []])
    })
  )

  it.scopedLive("is not waited for when the page has gone", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const ended = yield* Deferred.make<void>()
      const book = () =>
        Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => Deferred.succeed(ended, undefined))
        )
      const ask = yield* OwnServer.inMemory(Wire.make(created).layer, {
        routes: [Music.Generate],
        credits: { limit: () => 1, costs: { [Music.Generate.key]: 1 }, store: { ...store, book } }
      })
      const page = new AbortController()
      yield* Effect.fork(ask(songs, { ...song, signal: page.signal }))
      yield* Deferred.await(begun)
      page.abort()
      yield* Deferred.await(ended)
    })
  )
})

describe("options", () => {
  const { layer: upstream } = Wire.make(credits)
  const built = (options: Partial<OwnServer.Options>) =>
    Effect.scoped(Layer.build(Layer.provide(OwnServer.layer(options), upstream)))

  it.effect.each<Partial<OwnServer.Options>>([
    { baseUrl: "http://api.cheapai.test" },
    { baseUrl: "nowhere" },
    { apiKey: Redacted.make("") },
    { apiKey: Redacted.make("Bearer sk_planted") },
    { apiKey: Redacted.make("sk_planted and more") },
    { credits: { limit: () => 1, costs: { [Music.Generate.key]: 1 } } },
    { credits: { limit: () => 1, costs: {} }, routes: [Music.Generate] },
    { credits: { limit: () => 1, costs: { [Music.Generate.key]: Number.NaN } }, routes: [Music.Generate] },
    { credits: { limit: () => 1, costs: { [VoiceIsolation.Isolate.key]: () => 1 } }, routes: [VoiceIsolation.Isolate] }
  ])("that are wrong are a ConfigError without the key", (options) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(built(options))
      expect(error._tag).toBe("ConfigError")
      expect(String(error)).not.toContain("planted")
    })
  )

  it.effect("without costs need none", () => Effect.asVoid(built({})))
})
