import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { body, CREDITS, get, jsonOf, MUSIC, music, POLL, status, textOf } from "./requests.js"

const credits = get("/v1/credits")
const busy = Wire.text(503, "busy")

/** The statuses of so many reads of the credits, with `undefined` where no reply came. */
const statuses = (simulator: Simulator.Simulator, count: number) =>
  Effect.map(Effect.replicateEffect(simulator.handle(credits), count), (replies) => replies.map(status))

const charges = (simulator: Simulator.Simulator) => Effect.map(simulator.ledger, (all) => Ledger.charges(all).length)

describe("when a fault strikes", () => {
  it.effect.each<readonly [Fault.When, ReadonlyArray<number>]>([
    [{}, [503, 200, 200, 200, 200]],
    [{ times: 2 }, [503, 503, 200, 200, 200]],
    [{ skip: 1 }, [200, 503, 200, 200, 200]],
    [{ skip: 2, times: 2 }, [200, 200, 503, 503, 200]],
    [{ skip: 3, times: Number.POSITIVE_INFINITY }, [200, 200, 200, 503, 503]],
    [{ times: 0 }, [200, 200, 200, 200, 200]]
  ])("%j strikes as %j", ([when, expected]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.reply(CREDITS, busy, when))
      expect(yield* statuses(simulator, 5)).toEqual(expected)
    })
  )

  it.effect("faults of one route strike one after the other, also from a later injection", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.reply(CREDITS, busy), Fault.drop(CREDITS))
      yield* simulator.inject(Fault.reply(CREDITS, Fault.nginx502))
      expect(yield* statuses(simulator, 4)).toEqual([503, undefined, 502, 200])
    })
  )

  it.effect("a request is counted by each fault that lets it through", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(
        Fault.reply(CREDITS, busy, { skip: 2 }),
        Fault.reply(CREDITS, Fault.nginx502, { skip: 1 })
      )
      expect(yield* statuses(simulator, 4)).toEqual([200, 502, 503, 200])
    })
  )

  it.effect("strikes only its own route, by template", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ taskDuration: 0 })
      yield* simulator.handle(music())
      yield* simulator.inject(Fault.reply(POLL, busy))
      expect(yield* statuses(simulator, 1)).toEqual([200])
      expect(status(yield* simulator.handle(get("/v1/task/task_000001?a=1")))).toBe(503)
      expect(status(yield* simulator.handle(get("/v1/task/task_000001")))).toBe(200)
    })
  )

  it.effect("strikes a route the simulator does not know, and before the key is looked at", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.reply("GET /v1/later/{id}", Wire.json(200, { success: true })))
      expect(status(yield* simulator.handle(get("/v1/later/7", null)))).toBe(200)
      expect(status(yield* simulator.handle(get("/v1/later/7", null)))).toBe(404)
    })
  )

  it.effect("is noted with the request it struck", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.stall(CREDITS, { skip: 1 }))
      yield* statuses(simulator, 3)
      expect((yield* simulator.requests).map(({ fault }) => fault)).toEqual([undefined, "stall", undefined])
    })
  )
})

describe("what a fault does to the reply", () => {
  it.effect.each<readonly [string, Fault.Fault, Wire.WireReply]>([
    ["a reply", Fault.reply(CREDITS, busy), busy],
    ["a drop", Fault.drop(CREDITS), Wire.nothing("reset")],
    ["a drop by FIN", Fault.drop(CREDITS, { end: "close" }), Wire.nothing("close")],
    ["a stall", Fault.stall(CREDITS), Wire.nothing("stall")],
    ["a cut", Fault.cut(CREDITS), Wire.cut(Wire.json(200, { success: true, credits: 100_000 }), "close")],
    [
      "a cut by RST",
      Fault.cut(CREDITS, { end: "reset" }),
      Wire.cut(Wire.json(200, { success: true, credits: 100_000 }), "reset")
    ]
  ])("%s", ([, fault, expected]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(fault)
      expect(yield* simulator.handle(credits)).toEqual(expected)
    })
  )
})

describe("whether the struck request is charged", () => {
  it.effect.each<readonly [string, Fault.Fault, number]>([
    ["reply", Fault.reply(MUSIC, busy), 0],
    ["booked reply", Fault.reply(MUSIC, Fault.nginx502, { booked: true }), 1],
    ["booked reply of a 503", Fault.reply(MUSIC, busy, { booked: true }), 0],
    ["booked reply of a 429", Fault.reply(MUSIC, Fault.tooManyRequests(), { booked: true }), 0],
    ["booked reply of an unsuccessful 200", Fault.reply(MUSIC, Fault.pollingBusy, { booked: true }), 0],
    ["unread", Fault.unread(MUSIC), 0],
    ["drip", Fault.drip(MUSIC), 1],
    ["rewrite", Fault.rewrite(MUSIC, (real) => real), 1],
    ["task-never-ends", Fault.taskNeverEnds(MUSIC), 1],
    ["drop", Fault.drop(MUSIC), 0],
    ["booked drop", Fault.drop(MUSIC, { booked: true }), 1],
    ["stall", Fault.stall(MUSIC), 0],
    ["booked stall", Fault.stall(MUSIC, { booked: true }), 1],
    ["cut", Fault.cut(MUSIC), 1],
    ["cut, not booked", Fault.cut(MUSIC, { booked: false }), 0],
    ["task-fails", Fault.taskFails(MUSIC, "no"), 1]
  ])("%s", ([, fault, count]) =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(fault)
      yield* simulator.handle(music())
      expect(yield* charges(simulator)).toBe(count)
      expect(status(yield* simulator.handle(get("/v1/task/task_000001")))).toBe(count === 1 ? 200 : 404)
    })
  )

  it.effect("a booked fault does not carry out what the service refuses", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.drop(MUSIC, { booked: true, times: 2 }))
      yield* simulator.handle(music(body, "sk_test_expired"))
      yield* simulator.handle(music({}))
      expect(yield* charges(simulator)).toBe(0)
      expect(Ledger.refusals(yield* simulator.ledger)).toHaveLength(2)
    })
  )
})

describe("a task that fails", () => {
  it.effect("is accepted and charged, ends in error by the clock, is refunded then, and leaves no files", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.taskFails(MUSIC, "Lyrics were refused"))
      expect(jsonOf(yield* simulator.handle(music())).ec_remain_credits).toBe(98_812)
      yield* TestClock.adjust("5 seconds")
      const poll = Effect.map(simulator.handle(get("/v1/task/task_000001")), jsonOf)
      expect(yield* poll).toMatchObject({ status: "doing", error_message: null, credit_cost: 1188 })
      expect(Ledger.balance(yield* simulator.ledger)).toBe(98_812)
      yield* TestClock.adjust("1 seconds")
      const ledger = yield* simulator.ledger
      expect(Ledger.balance(ledger)).toBe(100_000)
      const refund = { at: 6000, request: 1, kind: "refund", route: MUSIC, taskId: "task_000001", credits: 1188 }
      expect(Ledger.refunds(ledger)).toEqual([refund])
      const failed = { status: "error", error_message: "Lyrics were refused", credit_cost: 0, metadata: {} }
      expect(yield* poll).toMatchObject(failed)
      expect(jsonOf(yield* simulator.handle(credits)).credits).toBe(100_000)
      expect(Ledger.refunds(yield* simulator.ledger)).toEqual([refund])
      expect(status(yield* simulator.handle(get("/files/task_000001-1.wav", null)))).toBe(404)
    })
  )
})

describe("ready replies", () => {
  it("nginx502 is a page in HTML with CRLF and its length", () => {
    expect(Fault.nginx502.head).toEqual({
      status: 502,
      headers: { "content-type": "text/html", "content-length": "150", server: "nginx" }
    })
    expect(textOf(Fault.nginx502)).toMatch(/^<html>\r\n<head><title>502 Bad Gateway<\/title><\/head>\r\n/)
  })

  it("tooManyRequests has retry-after only when given", () => {
    expect(Fault.tooManyRequests(7).head).toMatchObject({ status: 429, headers: { "retry-after": "7" } })
    expect(Fault.tooManyRequests().head?.headers).not.toHaveProperty("retry-after")
  })

  it("brokenJson is complete by its length and is no JSON", () => {
    const reply = Fault.brokenJson(500)
    expect(reply.head?.headers["content-length"]).toBe(String(textOf(reply).length))
    expect(reply.end).toBe("complete")
    expect(() => jsonOf(reply)).toThrow(SyntaxError)
  })

  it("pollingBusy is a 200 that says it failed", () => {
    expect(status(Fault.pollingBusy)).toBe(200)
    expect(jsonOf(Fault.pollingBusy)).toEqual({ success: false, message: "Task polling temporarily busy" })
    expect(status(Fault.serviceUnavailable)).toBe(503)
  })
})
