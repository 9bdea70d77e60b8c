/** What each named fault puts on the wire, and what it may be charged for. */
import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { body, get, jsonOf, MUSIC, music, status, textOf } from "./requests.js"

const credits = get("/v1/credits")
const real = Wire.json(200, { success: true, credits: 100_000 })
const headersOf = (reply: Wire.WireReply) => reply.head?.headers ?? {}

/** The reply to a read of the credits that meets the fault. */
const meets = (fault: Faults.Name) =>
  Effect.flatMap(Simulator.make({ faults: Faults.script(Faults.strike("read", 1, fault)) }), (simulator) =>
    simulator.handle(credits)
  )

const half = '{"success":true,'
const withHeader = (name: string, value: string): Wire.WireReply => ({
  ...real,
  head: { status: 200, headers: { ...headersOf(real), [name]: value } }
})

describe("no reply, half a reply, another reply", () => {
  it.effect.each<readonly [Faults.Name, Wire.WireReply]>([
    ["reset-unread", Wire.unread],
    ["reset", Wire.nothing("reset")],
    ["close", Wire.nothing("close")],
    ["stall", Wire.nothing("stall")],
    ["cut-close", Wire.cut(real, "close")],
    ["cut-reset", Wire.cut(real, "reset")],
    ["stall-half", Wire.cut(real, "stall")],
    [
      "stall-503",
      {
        ...Wire.json(503, { success: false, error: "Service unavailable" }, { "content-length": "4096" }),
        end: "stall"
      }
    ],
    ["garbled", { ...Wire.nothing("close"), surplus: new TextEncoder().encode("220 mail.example ESMTP\r\n") }],
    ["key-missing", Wire.json(401, { success: false, error: "Missing API key" })],
    ["body-empty", Wire.bytes(200, "application/json", new Uint8Array(0))],
    ["body-cut", Wire.bytes(200, "application/json", new TextEncoder().encode(half))],
    ["body-mistyped", withHeader("content-type", "text/html")],
    ["length-long", { ...withHeader("content-length", "133"), end: "close" }],
    ["date-ahead", withHeader("date", "Thu, 01 Jan 1970 01:00:00 GMT")],
    ["date-behind", withHeader("date", "Wed, 31 Dec 1969 23:00:00 GMT")],
    ["date-nonsense", withHeader("date", "yesterday")],
    ["unsuccessful-plain", Wire.json(200, { success: false, error: "Something went wrong" })],
    ["unsuccessful-code", Wire.json(200, { success: false, error: "Service unavailable", code: 503 })],
    ["unsuccessful-status", Wire.json(200, { success: false, error: "Service unavailable", status: 503 })],
    ["unsuccessful-pace", Wire.json(200, { success: false, error: "Too many requests, slow down" })],
    ["status-502-error", Wire.json(502, { success: false, error: "Processing failed" })],
    ["status-502-object", Wire.json(502, { error: { message: "Processing failed", type: "api_error" } })],
    ["status-502-message", Wire.json(502, { success: false, message: "Processing failed" })],
    ["status-502-empty", Wire.bytes(502, "application/json", new Uint8Array(0))],
    ["status-502-text", Wire.text(502, "Processing failed")],
    ["status-502-mistyped", Wire.html(502, '{"success":false,"error":"Processing failed"}')],
    ["page-nginx-502", Fault.nginx502]
  ])("%s", ([fault, expected]) =>
    Effect.gen(function* () {
      expect(yield* meets(fault)).toEqual(expected)
    })
  )

  it.effect("length-short: what is beyond the length is no body", () =>
    Effect.gen(function* () {
      const reply = yield* meets("length-short")
      expect(headersOf(reply)["content-length"]).toBe(String(half.length))
      expect(textOf(reply)).toBe(half)
      expect(new TextDecoder().decode(reply.surplus)).toBe('"credits":100000}')
    })
  )

  it.effect("drip: eight parts that are the whole, each after the pause", () =>
    Effect.gen(function* () {
      const reply = yield* meets("drip")
      expect(reply.chunks).toHaveLength(7)
      expect(reply.pause).toBe(1000)
      expect(Wire.body(reply)).toEqual(Wire.body(real))
      const simulator = yield* Simulator.make({ dripPause: "20 millis" })
      yield* simulator.inject(Fault.drip("GET /v1/credits"), Fault.drip("GET /v1/credits", { pause: 3 }))
      expect((yield* simulator.handle(credits)).pause).toBe(20)
      expect((yield* simulator.handle(credits)).pause).toBe(3)
    })
  )

  it.effect("rewrite: what the function makes of the real reply, at the time", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(
        Fault.rewrite("GET /v1/credits", (reply, now) => Wire.text(418, `${now} ${textOf(reply)}`))
      )
      yield* TestClock.adjust("5 millis")
      const reply = yield* simulator.handle(credits)
      expect([status(reply), textOf(reply)]).toEqual([418, '5 {"success":true,"credits":100000}'])
    })
  )
})

describe("statuses", () => {
  const named = Faults.names.filter((name) => name.startsWith("status-"))

  it("are 22, each in 8 shapes", () => {
    expect(named).toHaveLength(22 * 8)
    expect(new Set(Faults.names).size).toBe(Faults.names.length)
  })

  it.effect("are the status of their name; a body that is cut off or empty is no JSON", () =>
    Effect.gen(function* () {
      for (const name of named) {
        const reply = yield* meets(name)
        const [, number, shape = ""] = name.split("-")
        expect(status(reply)).toBe(Number(number))
        expect(headersOf(reply)["content-length"]).toBe(String(Wire.body(reply).length))
        if (["cut", "empty", "text", "html"].includes(shape)) expect(() => jsonOf(reply)).toThrow(SyntaxError)
        else expect(JSON.stringify(jsonOf(reply))).toMatch(/"(success|error)":/)
      }
    })
  )
})

describe("gateways' pages", () => {
  it.effect.each<readonly [Faults.Name, number, RegExp]>([
    ["page-nginx-504", 504, /<title>504 Gateway Time-out<\/title>[\s\S]*<center>nginx<\/center>\r\n/],
    ["page-haproxy-503", 503, /^<html><body><h1>503 Service Unavailable<\/h1>\nNo server is available/],
    ["page-cloudflare-524", 524, /\| 524: A timeout occurred<\/title>[\s\S]*Ray ID/],
    ["page-envoy-reset", 503, /^upstream connect error or disconnect\/reset before headers\. reset reason: /],
    ["page-envoy-no-upstream", 503, /^no healthy upstream$/],
    ["page-envoy-timeout", 504, /^upstream request timeout$/],
    ["page-varnish-503", 503, /Error 503 Backend fetch failed[\s\S]*Guru Meditation/],
    ["page-heroku-h12", 503, /<p>H12: Request timeout<\/p>/],
    ["page-heroku-h13", 503, /<p>H13: Connection closed without response<\/p>/],
    ["page-heroku-h18", 503, /<p>H18: Server Request Interrupted<\/p>/]
  ])("%s", ([name, number, text]) =>
    Effect.gen(function* () {
      const reply = yield* meets(name)
      expect(status(reply)).toBe(number)
      expect(textOf(reply)).toMatch(text)
    })
  )
})

describe("Retry-After", () => {
  it.effect.each<readonly [Faults.Name, Readonly<Record<string, string>>]>([
    ["retry-after-seconds", { "retry-after": "2" }],
    ["retry-after-date", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }],
    ["retry-after-rfc850", { "retry-after": "Sunday, 06-Nov-94 08:49:37 GMT" }],
    ["retry-after-asctime", { "retry-after": "Sun Nov  6 08:49:37 1994" }],
    ["retry-after-millis", { "retry-after-ms": "1500" }],
    ["retry-after-nonsense", { "retry-after": "soon" }],
    ["retry-after-far", { "retry-after": "86400" }],
    ["retry-after-skewed", { date: "Sun, 06 Nov 1994 09:49:35 GMT", "retry-after": "Sun, 06 Nov 1994 09:49:37 GMT" }],
    ["retry-after-behind", { date: "Sun, 06 Nov 1994 07:49:35 GMT", "retry-after": "Sun, 06 Nov 1994 07:49:37 GMT" }],
    ["retry-after-past", { "retry-after": "Sun, 06 Nov 1994 07:49:35 GMT" }],
    ["retry-after-zero", { "retry-after": "0" }],
    ["retry-after-negative", { "retry-after": "-2" }],
    ["retry-after-fraction", { "retry-after": "1.5" }],
    ["retry-after-twice", { "retry-after": "1", "retry-after-ms": "2500" }]
  ])("%s", ([name, headers]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(1994, 10, 6, 8, 49, 35))
      const reply = yield* meets(name)
      expect(reply.head).toEqual({ status: 429, headers: { ...headersOf(Fault.tooManyRequests()), ...headers } })
    })
  )
})

it.effect("retry-after-503: the service's own JSON, and when to come back", () =>
  Effect.gen(function* () {
    const reply = yield* meets("retry-after-503")
    const { head, ...body } = Fault.serviceUnavailable
    expect(reply).toEqual({ ...body, head: { status: 503, headers: { ...head?.headers, "retry-after": "2" } } })
  })
)

/** The pages in which a 503 does not say that the request was turned away. */
const upstreamLost: ReadonlyArray<Faults.Name> = [
  "page-envoy-reset",
  "page-varnish-503",
  "page-heroku-h12",
  "page-heroku-h13",
  "page-heroku-h18"
]

describe("what is charged", () => {
  const submits = Faults.cells.filter(({ on }) => on === "submit")

  /** Where the fault leaves it open. */
  const saying = (booking: Faults.Cell["booking"], booked: boolean) => (booking === "either" ? { booked } : {})

  const submitting = (fault: Faults.Name, options: { readonly booked?: boolean }) =>
    Effect.gen(function* () {
      const faults = Faults.script(Faults.strike("submit", 1, fault, options))
      const simulator = yield* Simulator.make({ faults })
      const reply = yield* simulator.handle(music())
      const ledger = yield* simulator.ledger
      expect(Ledger.violations(ledger, yield* simulator.requests)).toEqual([])
      return { reply, charges: Ledger.charges(ledger).length, refusals: Ledger.refusals(ledger).length }
    })

  it.each<readonly [Faults.Name, Faults.Cell["booking"]]>([
    ["status-429-html", "never"],
    ["status-503-empty", "never"],
    ["unsuccessful-code", "never"],
    ["retry-after-date", "never"],
    ["reset-unread", "never"],
    ["page-haproxy-503", "never"],
    ["page-varnish-503", "either"],
    ["page-heroku-h12", "either"],
    ["stall-503", "never"],
    ["key-missing", "never"],
    ["garbled", "either"],
    ["status-500-error", "either"],
    ["status-504-empty", "either"],
    ["reset", "either"],
    ["stall-half", "either"],
    ["body-empty", "either"],
    ["body-cut", "either"],
    ["length-short", "either"],
    ["length-long", "always"],
    ["date-ahead", "always"],
    ["drip", "always"],
    ["task-fails", "always"],
    ["charged-500", "always"],
    ["charged-502", "always"],
    ["charged-reset", "always"]
  ])("%s: %s", (name, booking) => {
    expect(submits.find(({ fault }) => fault === name)?.booking).toBe(booking)
  })

  it.effect.each(submits.map(({ booking, fault }) => [fault, booking] as const))(
    "%s: never against the reply",
    ([fault, booking]) =>
      Effect.gen(function* () {
        const { charges, refusals, reply } = yield* submitting(fault, saying(booking, true))
        const number = status(reply) ?? 0
        const isRefused = number >= 400 && number < 500
        const isRedirected = number === 302 || number === 307
        const isTurnedAway = isRefused || isRedirected || (number === 503 && !upstreamLost.includes(fault))
        const isUnsuccessful = number === 200 && textOf(reply).startsWith('{"success":false')
        expect(charges).toBe(isTurnedAway || isUnsuccessful || fault === "reset-unread" ? 0 : 1)
        expect(refusals).toBe(isRefused ? 1 : 0)
      })
  )

  it.effect.each(submits.map(({ booking, fault }) => [fault, booking] as const))("%s: %s", ([fault, booking]) =>
    Effect.gen(function* () {
      const charges = [true, false].map((booked) =>
        Effect.map(submitting(fault, saying(booking, booked)), (seen) => seen.charges)
      )
      const expected = { never: [0, 0], always: [1, 1], either: [1, 0] }
      expect(yield* Effect.all(charges)).toEqual(expected[booking])
    })
  )

  it.effect("what the service refuses is not charged, whatever the fault says", () =>
    Effect.gen(function* () {
      for (const { booking, fault } of submits) {
        const simulator = yield* Simulator.make({
          credits: 1187,
          faults: Faults.script(Faults.strike("submit", 1, fault, saying(booking, true)))
        })
        yield* simulator.handle(music())
        expect(Ledger.charges(yield* simulator.ledger)).toEqual([])
      }
    })
  )

  it.effect("a whole reply with a task id is never of a task that does not exist", () =>
    Effect.gen(function* () {
      for (const { booking, fault } of submits) {
        const { charges, reply } = yield* submitting(fault, saying(booking, false))
        if (reply.end === "complete" && textOf(reply).includes('"task_id":"task_000001"')) expect(charges).toBe(1)
      }
    })
  )
})

describe("tasks and webhooks", () => {
  const poll = get("/v1/task/task_000001")
  const url = "https://example.test/hook"

  const withFault = (on: Faults.Phase, fault: Faults.Name) =>
    Simulator.make({ faults: Faults.script(Faults.strike(on, 1, fault)) })

  it.effect("task-never-ends: is charged, and runs", () =>
    Effect.gen(function* () {
      const simulator = yield* withFault("submit", "task-never-ends")
      yield* simulator.handle(music({ ...body, receive_url: url }))
      yield* TestClock.adjust("1000 days")
      expect(jsonOf(yield* simulator.handle(poll))).toMatchObject({ status: "doing", progress: 0, metadata: {} })
      expect(Ledger.charged(yield* simulator.ledger)).toBe(1188)
      yield* simulator.handle(music())
      yield* TestClock.adjust("6 seconds")
      expect(jsonOf(yield* simulator.handle(get("/v1/task/task_000002"))).status).toBe("done")
      yield* simulator.inject(Fault.taskNeverEnds(MUSIC))
      yield* simulator.handle(music())
      yield* TestClock.adjust("6 seconds")
      expect(jsonOf(yield* simulator.handle(get("/v1/task/task_000003"))).status).toBe("doing")
    })
  )

  it.effect("task-fails: ends in error and is refunded", () =>
    Effect.gen(function* () {
      const simulator = yield* withFault("submit", "task-fails")
      yield* simulator.handle(music())
      yield* TestClock.adjust("6 seconds")
      expect(jsonOf(yield* simulator.handle(poll)).error_message).toBe("Generation failed")
      expect(Ledger.balance(yield* simulator.ledger)).toBe(100_000)
    })
  )

  it.effect("task-status-unknown, poll-busy: one poll of a running task", () =>
    Effect.gen(function* () {
      for (const [fault, shown] of [
        ["task-status-unknown", { status: "under_review" }],
        ["poll-busy", { success: false, message: "Task polling temporarily busy" }]
      ] as const) {
        const simulator = yield* withFault("poll", fault)
        yield* simulator.handle(music())
        const reply = yield* simulator.handle(poll)
        expect(status(reply)).toBe(200)
        expect(jsonOf(reply)).toMatchObject(shown)
        expect(headersOf(reply)["content-length"]).toBe(String(textOf(reply).length))
        expect(jsonOf(yield* simulator.handle(poll)).status).toBe("doing")
      }
    })
  )

  const timesOf = (fault: Faults.Name | undefined, count: number) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({
        faults: fault === undefined ? Faults.script() : Faults.script(Faults.strike("webhook", 2, fault))
      })
      for (const json of [{ ...body, receive_url: url }, body, { ...body, receive_url: url }]) {
        yield* simulator.handle(music(json))
      }
      expect((yield* simulator.requests).map(({ webhookFault }) => webhookFault)).toEqual([undefined, undefined, fault])
      yield* TestClock.adjust("1 hours")
      const all: Array<Simulator.Delivery> = []
      yield* simulator.deliveries.pipe(
        Stream.take(count),
        Stream.runForEach((one) => Effect.sync(() => all.push(one)))
      )
      return all
    })

  it.effect.each<readonly [Faults.Name | undefined, ReadonlyArray<readonly [number, string]>]>([
    [
      undefined,
      [
        [6000, "task_000001"],
        [6000, "task_000003"]
      ]
    ],
    ["webhook-lost", [[6000, "task_000001"]]],
    [
      "webhook-late",
      [
        [6000, "task_000001"],
        [36_000, "task_000003"]
      ]
    ],
    [
      "webhook-doubled",
      [
        [6000, "task_000001"],
        [6000, "task_000003"],
        [6000, "task_000003"]
      ]
    ],
    [
      "webhook-forged",
      [
        [0, "task_000003"],
        [6000, "task_000001"],
        [6000, "task_000003"]
      ]
    ]
  ])("%s: strikes the second submit that asked for one", ([fault, expected]) =>
    Effect.gen(function* () {
      const seen = yield* timesOf(fault, expected.length)
      expect(seen.map(({ at, taskId }) => [at, taskId])).toEqual(expected)
    })
  )

  it.effect("webhook-lost: nothing comes", () =>
    Effect.gen(function* () {
      const simulator = yield* withFault("webhook", "webhook-lost")
      yield* simulator.handle(music({ ...body, receive_url: url }))
      const fiber = yield* Effect.fork(Stream.runHead(simulator.deliveries))
      yield* TestClock.adjust("1 days")
      expect(fiber.unsafePoll()).toBeNull()
    })
  )

  it.effect("webhook-forged: tells of an end with a result of another's, while the task runs", () =>
    Effect.gen(function* () {
      const [forged, , real] = yield* timesOf("webhook-forged", 3)
      expect(JSON.parse(forged?.body ?? "")).toMatchObject({
        id: "task_000003",
        status: "done",
        metadata: { audio_url: "https://forged.simulator.test/files/forged.wav" }
      })
      expect(real?.body).not.toContain("forged")
    })
  )
})
