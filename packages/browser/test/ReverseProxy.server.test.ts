import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceIsolation from "@effect-cheapai/core/VoiceIsolation"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as OwnServer from "./ownServer.js"
import * as Page from "./page.js"

const submit = Music.generate({ model: "music-2.5", idea: "rain on a tin roof" })
const isolate = VoiceIsolation.isolate({
  file: Upload.fromBytes(new Uint8Array(300_000).fill(7), { name: "talk.mp3", type: "audio/mpeg" })
})
const once = CheapAi.withRetryPolicy(RetryPolicy.none)

/** A simulator and a proxy before it, each on a port, over the client of Node or a plain fetch. */
const start = (upstream: "node" | "fetch" = "node", options: Partial<OwnServer.Options> = {}) =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make({ taskDuration: "100 millis" })
    const layer = upstream === "node" ? NodeTransport.layer() : CheapAi.layerFetchClient
    const address = yield* OwnServer.onAPort(layer, { baseUrl: url, ...options })
    return { simulator, address, page: Effect.provide(Page.at(address)) }
  })

describe.each(["node", "fetch"] as const)("a page through a proxy over %s", (upstream) => {
  it.scopedLive("reads, submits, uploads and awaits, and each submit is charged once", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const { page, simulator } = yield* start(upstream, {
        onSubmitted: ({ id, route }, caller) => Effect.sync(() => told.push(`${caller.id}: ${route} ${id}`))
      })
      expect(yield* page(Account.credits)).toBe(100_000)
      const song = yield* page(submit)
      const voice = yield* page(isolate)
      expect((yield* page(Task.await(song))).tracks).toHaveLength(1)
      expect((yield* page(Task.await(voice))).audioUrl.pathname).toMatch(/wav$/)
      const ledger = yield* simulator.ledger
      expect(Ledger.charges(ledger).map(({ taskId }) => taskId)).toEqual([song.id, voice.id])
      expect(Ledger.violations(ledger, yield* simulator.requests)).toEqual([])
      expect(told).toEqual([`ann: ${Music.Generate.key} ${song.id}`, `ann: ${VoiceIsolation.Isolate.key} ${voice.id}`])
    })
  )

  const calls: ReadonlyArray<{ key: string; call: Effect.Effect<unknown, CallError, CheapAi.CheapAi> }> = [
    { key: Account.Credits.key, call: once(Account.credits) },
    { key: Music.Generate.key, call: once(submit) },
    { key: VoiceIsolation.Isolate.key, call: once(isolate) }
  ]
  const replies = [
    ...[400, 401, 402, 403, 404, 409, 429, 500, 502, 503].map((status) =>
      Wire.json(status, { success: false, error: "Too many requests" }, { "retry-after": "7", "x-request-id": "r-7" })
    ),
    Wire.json(200, { success: false, message: "Task polling temporarily busy" }),
    ...[500, 502, 503, 504, 524].map((status) => Wire.html(status, "<title>lost</title>")),
    ...[302, 303, 307].map((status) => Wire.text(status, "moved", { location: "/v1/packages" })),
    Fault.brokenJson(502)
  ]

  it.scopedLive(
    "fails as it would without the proxy: class, outcome, retryAfter, message",
    () =>
      Effect.gen(function* () {
        const { page, simulator } = yield* start(upstream)
        const { simulator: bare, url } = yield* SimulatorServer.make({ keys: { "session-of-ann": "valid" } })
        for (const { call, key } of calls) {
          for (const reply of replies) {
            yield* Effect.forEach([simulator, bare], ({ inject }) => inject(Fault.reply(key, reply)))
            const through = yield* Effect.flip(page(call))
            const direct = yield* Effect.flip(Effect.provide(call, Page.at(url)))
            expect(facts(through), `${key} ${reply.head?.status}`).toEqual(facts(direct))
          }
        }
      }),
    60_000
  )
})

const facts = (error: unknown) => {
  const { _tag, message, outcome, requestId, retryAfter, source, status } = Object(error)
  return { _tag, message, outcome, requestId, source, status, wait: retryAfter && Duration.toMillis(retryAfter) }
}

describe("a service that goes away", () => {
  it.scopedLive("before a submit is sent: the page may send it again", () =>
    Effect.gen(function* () {
      const { url } = yield* Effect.scoped(SimulatorServer.make())
      const address = yield* OwnServer.onAPort(NodeTransport.layer(), { baseUrl: url })
      const error = yield* Effect.flip(once(submit).pipe(Effect.provide(Page.at(address))))
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", outcome: "rejected", isRetryable: true })
    })
  )

  it.scopedLive.each([
    ["drops", Fault.drop(Music.Generate.key, { booked: true })],
    ["stalls", Fault.stall(Music.Generate.key, { booked: true })]
  ] as const)("after it was sent (%s): the page does not send it again", ([, fault]) =>
    Effect.gen(function* () {
      const { page, simulator } = yield* start("node", { timeouts: { attempt: "500 millis" } })
      yield* simulator.inject(fault)
      const error = yield* Effect.flip(page(submit))
      expect(error).toMatchObject({ status: 504, outcome: "unknown", stopped: "once-unknown" })
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )

  it.scopedLive("in the middle of a read's reply: the page's connection ends too, and it reads again", () =>
    Effect.gen(function* () {
      const { page, simulator } = yield* start()
      yield* simulator.inject(Fault.cut(Account.Credits.key))
      const tries: Array<string> = []
      const credits = yield* page(
        Account.credits.pipe(CheapAi.tapAttempt(({ result }) => Effect.sync(() => tries.push(result))))
      )
      expect([credits, tries]).toEqual([100_000, ["TransportError", "success"]])
    })
  )
})
