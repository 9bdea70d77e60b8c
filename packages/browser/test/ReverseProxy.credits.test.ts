import { RequestError } from "@effect/platform/HttpClientError"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as Music from "@effect-cheapai/core/Music"
import * as SoundEffect from "@effect-cheapai/core/SoundEffect"
import * as Transport from "@effect-cheapai/core/Transport"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as CreditStore from "../src/CreditStore.js"
import * as HttpServer from "./httpServer.js"
import * as OwnServer from "./ownServer.js"
import * as Page from "./page.js"
import * as Wire from "./wire.js"

const created = Wire.json(200, { success: true, task_id: "t-1" })
const session = (id: string) => ({ authorization: `Bearer session-of-${id}`, "content-type": "application/json" })
const submit = (ask: OwnServer.Ask, id = "ann") =>
  Effect.map(ask("/v1m/task/music-generation", { method: "POST", body: "{}", headers: session(id) }), (r) => r.status)

const routes = [Account.Credits, Music.Generate, SoundEffect.Generate]
const costs = { [Music.Generate.key]: 100, [SoundEffect.Generate.key]: 0 }
const limited = (limit: number) => ({ routes, credits: { limit: () => limit, costs } })

/** One that shows what was asked of it. */
const watched = (book: (booking: CreditStore.Booking) => Effect.Effect<boolean> = () => Effect.succeed(true)) => {
  const seen: Array<string> = []
  const store: CreditStore.CreditStore = {
    book: (booking, limit) =>
      Effect.suspend(() => {
        seen.push(`book ${booking.credits} of ${limit} for ${booking.callerId}: ${booking.route}`)
        return book(booking)
      }),
    release: ({ callerId, credits }) => Effect.sync(() => seen.push(`release ${credits} of ${callerId}`))
  }
  return { seen, options: { routes, credits: { limit: () => 150, costs, store } } }
}

describe("a caller's credits", () => {
  it.scopedLive("end with 402, which the page's client doesn't send again; others still have theirs", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const ask = yield* OwnServer.inMemory(layer, limited(250))
      expect(yield* Effect.replicateEffect(submit(ask), 3)).toEqual([200, 200, 402])
      const error = yield* Effect.flip(Page.over(ask)(Music.generate({ model: "music-2.5", idea: "rain" })))
      expect(error).toMatchObject({
        _tag: "InsufficientBalanceError",
        outcome: "rejected",
        isRetryable: false,
        message: "This call would cost more credits than are left to you.",
        attempts: [{ number: 1 }]
      })
      expect(yield* submit(ask, "bob")).toBe(200)
      expect(sent).toHaveLength(3)
    })
  )

  it.scopedLive("are not overshot by calls at the same time", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make((request) => Effect.delay(created(request), "20 millis"))
      const ask = yield* OwnServer.inMemory(layer, limited(1000))
      const statuses = yield* Effect.replicateEffect(submit(ask), 50, { concurrency: "unbounded" })
      expect(statuses.filter((status) => status === 200)).toHaveLength(10)
      expect(sent).toHaveLength(10)
    })
  )

  it.scopedLive("are not taken by reads, nor by what costs nothing", () =>
    Effect.gen(function* () {
      const { layer } = Wire.make(created)
      const ask = yield* OwnServer.inMemory(layer, limited(0))
      expect((yield* ask("/v1/credits")).status).toBe(200)
      const sound = ask("/v1/task/sound-effect", { method: "POST", body: "{}", headers: session("ann") })
      expect((yield* sound).status).toBe(200)
      expect(yield* submit(ask)).toBe(402)
    })
  )

  it.scopedLive("may be kept in a store of the application's own", () =>
    Effect.gen(function* () {
      const { options, seen } = watched()
      const ask = yield* OwnServer.inMemory(Wire.make(created).layer, options)
      expect(yield* submit(ask)).toBe(200)
      expect(seen).toEqual(["book 100 of 150 for ann: POST /v1m/task/music-generation"])
    })
  )

  it.scopedLive("are not there when the store is not: nothing is sent", () =>
    Effect.gen(function* () {
      const { layer, sent } = Wire.make(created)
      const { options, seen } = watched(() => Effect.dieMessage("no database"))
      const ask = yield* OwnServer.inMemory(layer, options)
      expect([yield* submit(ask), sent, seen.length]).toEqual([503, [], 1])
    })
  )
})

describe("what was booked", () => {
  const unsent: Wire.Answer = (request) =>
    Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
      inFlight.evidence = "not-started"
      return Effect.fail(new RequestError({ request, reason: "Transport" }))
    })
  const error = (status: number) => Wire.json(status, { success: false, error: "no" })

  it.scopedLive.each([
    ["a 400", error(400), 400],
    ["a 402", error(402), 402],
    ["a 429", error(429), 429],
    ["a 503", error(503), 503],
    ["a redirect", Wire.reply("moved", { status: 302 }), 302],
    ["a 200 that says no", Wire.json(200, { success: false, error: "no" }), 200],
    ["a request that never left", unsent, 503]
  ] as const)("is released after %s", ([, answer, status]) =>
    Effect.gen(function* () {
      const { options, seen } = watched()
      const ask = yield* OwnServer.inMemory(Wire.make(answer).layer, options)
      expect(yield* submit(ask)).toBe(status)
      expect(seen.slice(1)).toEqual(["release 100 of ann"])
    })
  )

  it.scopedLive.each([
    ["a 500", error(500), 500],
    ["a 502", error(502), 502],
    ["a gateway's 504", Wire.reply("<html>", { status: 504 }), 504],
    ["a 503 of a gateway that lost the service", Wire.reply("upstream reset before headers", { status: 503 }), 503],
    ["a 303", Wire.reply("see", { status: 303 }), 303],
    ["a reply that nobody understands", Wire.json(200, { hello: 1 }), 200],
    ["a lost reply", Wire.breaking("{"), 504]
  ] as const)("stays booked after %s", ([, answer, status]) =>
    Effect.gen(function* () {
      const { options, seen } = watched()
      const ask = yield* OwnServer.inMemory(Wire.make(answer).layer, options)
      expect([yield* submit(ask), seen.length]).toEqual([status, 1])
    })
  )

  it.scopedLive("stays booked, and the task is told, when the page breaks off behind all that it announced", () =>
    Effect.gen(function* () {
      const service = yield* HttpServer.make(
        (response) => void setTimeout(() => HttpServer.json(response, 200, { success: true, task_id: "t-1" }), 200)
      )
      const { options, seen } = watched()
      const ask = yield* OwnServer.inMemory(NodeTransport.layer(), {
        ...options,
        routes: [VoiceIsolation.Isolate],
        credits: { ...options.credits, costs: { [VoiceIsolation.Isolate.key]: 100 } },
        baseUrl: service.url,
        onSubmitted: ({ id }) => Effect.sync(() => seen.push(`told ${id}`))
      })
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new Uint8Array(1000))
          setTimeout(() => controller.error(new Error("reset")), 100)
        }
      })
      const response = yield* ask("/v1/task/voice-isolate", {
        method: "POST",
        body,
        headers: { ...session("ann"), "content-type": "multipart/form-data; boundary=b", "content-length": "1000" },
        duplex: "half"
      })
      expect(response.status).toBe(200)
      expect(seen.slice(1)).toEqual(["told t-1"])
    })
  )

  it.scopedLive("is released when the page goes before anything was sent", () =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const connecting: Wire.Answer = () =>
        Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
          inFlight.evidence = "not-started"
          return Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never)
        })
      const released = yield* Deferred.make<void>()
      const { options } = watched()
      const store = { ...options.credits.store, release: () => Deferred.succeed(released, undefined) }
      const ask = yield* OwnServer.inMemory(Wire.make(connecting).layer, {
        ...options,
        credits: { ...options.credits, store }
      })
      const page = new AbortController()
      yield* Effect.fork(
        ask("/v1m/task/music-generation", { method: "POST", body: "{}", headers: session("ann"), signal: page.signal })
      )
      yield* Deferred.await(reached)
      page.abort()
      yield* Deferred.await(released)
    })
  )
})
