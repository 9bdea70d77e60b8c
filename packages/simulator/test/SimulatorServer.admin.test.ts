import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import { body, CREDITS, MUSIC } from "./requests.js"

const headers = { authorization: "Bearer sk_test_valid", "content-type": "application/json" }

const send = (url: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, json: await response.json() }
  })

const post = (url: string, json: unknown) => send(url, { method: "POST", body: JSON.stringify(json) })

const submit = (url: string) =>
  send(`${url}/v1m/task/music-generation`, { method: "POST", headers, body: JSON.stringify(body) })

const credits = (url: string) => send(`${url}/v1/credits`, { headers })

describe("/__simulator", () => {
  it.scopedLive("ledger tells opening, balance, entries, violations and requests", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ credits: 2000 })
      yield* submit(url)
      yield* submit(url)
      const { json, status } = yield* send(`${url}/__simulator/ledger`)
      expect(status).toBe(200)
      expect(json).toMatchObject({
        opening: 2000,
        balance: 812,
        entries: [
          { kind: "charge", request: 1, route: MUSIC, taskId: "task_000001", credits: 1188 },
          { kind: "refusal", request: 2, route: MUSIC, credits: 0 }
        ],
        violations: [],
        requests: [
          { number: 1, route: MUSIC, status: 200, isRejected: false },
          { number: 2, route: MUSIC, status: 402, isRejected: true }
        ]
      })
    })
  )

  it.scopedLive("faults takes a script, which strikes and is told back", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const strikes = [
        { on: "submit", at: 1, fault: "charged-502" },
        { on: "read", at: 2, fault: "status-503-html" }
      ]
      const answer = yield* post(`${url}/__simulator/faults`, { strikes })
      expect(answer).toEqual({ status: 200, json: { success: true, strikes } })
      expect((yield* submit(url)).status).toBe(502)
      expect((yield* credits(url)).status).toBe(200)
      expect((yield* Effect.promise(() => fetch(`${url}/v1/credits`, { headers }))).status).toBe(503)
      expect((yield* simulator.ledger).entries.map(({ kind }) => kind)).toEqual(["charge"])
    })
  )

  it.scopedLive("faults takes a seed with its options: the same plan as anywhere", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ dripPause: 1 })
      const options = {
        rate: { submit: 1, read: 0.5 },
        length: 4,
        faults: ["charged-502", "poll-busy", "drip"]
      } as const
      const { json } = yield* post(`${url}/__simulator/faults`, { seed: 7, ...options })
      expect(json).toEqual({ success: true, ...Faults.plan(7, options) })
      expect((yield* submit(url)).status).toBe(json.strikes[0].fault === "drip" ? 200 : 502)
      expect((yield* post(`${url}/__simulator/faults`, { seed: 8 })).json.strikes).toEqual(Faults.plan(8).strikes)
    })
  )

  it.scopedLive("faults lists every fault with its phases", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      expect((yield* send(`${url}/__simulator/faults`)).json).toEqual({ cells: Faults.cells })
    })
  )

  it.scopedLive.each<readonly [unknown, string]>([
    [{}, "strikes: is missing"],
    [[], "body: Expected"],
    ["x", "body: Expected"],
    [{ seed: "a" }, "seed: Expected"],
    [{ seed: 1.5 }, "seed: Expected an integer"],
    [{ seed: 1, rate: 2 }, "rate: "],
    [{ seed: 1, rate: { sbmit: 1 } }, "rate"],
    [{ seed: 1, length: -1 }, "length: "],
    [{ seed: 1, faults: ["status-299-error"] }, "faults.0: is not the name of a fault"],
    [{ seed: 1, strikes: [] }, "strikes: is unexpected"],
    [{ strikes: [{ on: "submit", at: 0, fault: "reset" }] }, "strikes.0.at: Expected a positive number"],
    [
      { strikes: [{ on: "later", at: 1, fault: "reset" }] },
      "strikes.0.on: must be one of submit, poll, file, read, webhook"
    ],
    [{ strikes: [{ on: "poll", at: 1, fault: "rest" }] }, "strikes.0.fault: is not the name of a fault"],
    [
      { strikes: [{ on: "submit", at: 1, fault: "poll-busy" }] },
      "strikes.0: poll-busy never strikes a submit: strike a poll with it"
    ],
    [
      {
        strikes: [
          { on: "poll", at: 1, fault: "drip" },
          { on: "poll", at: 2, fault: "charged-reset" }
        ]
      },
      "strikes.1: charged-reset never strikes a poll: strike a submit with it"
    ],
    [
      { strikes: [{ on: "submit", at: 1, fault: "status-400-error", booked: true }] },
      "strikes.0: a request struck by status-400-error is never booked: leave out booked: true"
    ],
    [
      { strikes: [{ on: "submit", at: 1, fault: "charged-reset", booked: false }] },
      "strikes.0: a request struck by charged-reset is always booked: leave out booked: false"
    ]
  ])("faults refuses %j with 400: %s", ([json, message]) =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const answer = yield* post(`${url}/__simulator/faults`, json)
      expect(answer.status).toBe(400)
      expect(answer.json.error.message).toContain(message)
      expect((yield* send(`${url}/__simulator/faults`, { method: "POST", body: "{" })).json.error.message).toBe(
        "body: not valid JSON in UTF-8"
      )
    })
  )

  it.scopedLive("reset starts again, and needs no key", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      yield* submit(url)
      yield* simulator.inject(Fault.reply(CREDITS, Fault.nginx502))
      expect(yield* post(`${url}/__simulator/reset`, {})).toEqual({ status: 200, json: { success: true } })
      expect((yield* simulator.ledger).entries).toEqual([])
      expect((yield* credits(url)).json).toEqual({ success: true, credits: 100_000 })
    })
  )

  it.scopedLive("is not counted as a request, and no fault strikes it", () =>
    Effect.gen(function* () {
      const faults = Faults.script(Faults.strike("read", 1, "reset-unread"))
      const { simulator, url } = yield* SimulatorServer.make({ faults })
      yield* simulator.inject(Fault.drop("GET /__simulator/ledger"))
      for (const [method, path] of [
        ["GET", "ledger"],
        ["GET", "ledger?a=b"],
        ["GET", "faults"],
        ["GET", "nothing"],
        ["DELETE", "ledger"]
      ] as const) {
        const { status } = yield* send(`${url}/__simulator/${path}`, { method })
        expect(status).toBe(path === "nothing" || method === "DELETE" ? 404 : 200)
      }
      expect(yield* simulator.requests).toEqual([])
    })
  )

  it.scopedLive("is open to pages of any origin", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const response = yield* Effect.promise(() => fetch(`${url}/__simulator/ledger`))
      expect(response.headers.get("access-control-allow-origin")).toBe("*")
    })
  )
})
