import { describe, expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { voiceSpeech } from "./generations.js"
import { get, music, status } from "./requests.js"

const phases: ReadonlyArray<Faults.Phase> = ["submit", "poll", "file", "read", "webhook"]

describe("the plan of a seed", () => {
  it("is the same text, here and on every runtime", () => {
    const first = Faults.toScript(Faults.plan(7, { length: 2, rate: 0.8 }))
    expect(first).toBe(Faults.toScript(Faults.plan(7, { length: 2, rate: 0.8 })))
    expect(first).toMatchInlineSnapshot(`
      "Faults.script(
        Faults.strike("submit", 1, "date-behind"),
        Faults.strike("submit", 2, "date-behind"),
        Faults.strike("poll", 1, "garbled"),
        Faults.strike("poll", 2, "drip"),
        Faults.strike("file", 1, "drip"),
        Faults.strike("read", 1, "reset-unread"),
        Faults.strike("webhook", 1, "webhook-doubled"),
        Faults.strike("webhook", 2, "webhook-forged")
      )"
    `)
  })

  it("differs from seed to seed", () => {
    const texts = Array.from({ length: 1000 }, (_, seed) => Faults.toScript(Faults.plan(seed)))
    expect(new Set(texts).size).toBe(1000)
  })

  it("strikes only where its faults can happen, at most once a request, within its length", () => {
    const seen = new Set(Faults.cells.map(({ fault, on }) => `${on} ${fault}`))
    for (let seed = 0; seed < 200; seed++) {
      const { strikes } = Faults.plan(seed, { length: 5, rate: 1 })
      expect(strikes.map(({ at, on }) => [on, at])).toEqual(
        phases.flatMap((on) => [1, 2, 3, 4, 5].map((at) => [on, at]))
      )
      for (const { fault, on } of strikes) expect(seen.has(`${on} ${fault}`)).toBe(true)
    }
  })

  it("covers every fault on every phase, charged and not charged where that is open, within 2000 seeds", () => {
    const textOf = ({ booked, fault, on }: Omit<Faults.Strike, "at">) => `${on} ${fault} ${booked ?? ""}`
    const met = new Set(
      Array.from({ length: 2000 }, (_, seed) => Faults.plan(seed, { rate: 1 })).flatMap(({ strikes }) =>
        strikes.map(textOf)
      )
    )
    const wanted = Faults.cells.flatMap(({ booking, fault, on }) =>
      (on === "submit" || on === "read") && booking === "either"
        ? [textOf({ on, fault, booked: true }), textOf({ on, fault, booked: false })]
        : [textOf({ on, fault })]
    )
    expect(wanted.filter((text) => !met.has(text))).toEqual([])
    expect(met.size).toBe(wanted.length)
  })

  it("strikes as often as its rate says, by phase; another rate moves no other fault", () => {
    const count = (rate: Faults.Options["rate"], on: Faults.Phase) =>
      Faults.plan(1, { length: 10_000, ...(rate === undefined ? {} : { rate }) }).strikes.filter((one) => one.on === on)
    expect(count(undefined, "poll").length).toBeGreaterThan(2800)
    expect(count(undefined, "poll").length).toBeLessThan(3200)
    expect(count(1, "poll")).toHaveLength(10_000)
    expect(count(0, "poll")).toEqual([])
    expect(count({ submit: 0.5 }, "poll")).toEqual([])
    const often = new Set(count(0.5, "submit").map((one) => JSON.stringify(one)))
    const rare = count({ submit: 0.1, file: 1 }, "submit")
    expect(rare.length).toBeGreaterThan(800)
    for (const one of rare) expect(often.has(JSON.stringify(one))).toBe(true)
  })

  it("draws from the faults it is given, and strikes nothing where none of them can happen", () => {
    const { strikes } = Faults.plan(1, { rate: 1, faults: ["drip", "charged-reset", "poll-busy"] })
    expect(new Set(strikes.map(({ fault, on }) => `${on} ${fault}`))).toEqual(
      new Set(["submit drip", "submit charged-reset", "poll drip", "poll poll-busy", "file drip", "read drip"])
    )
    expect(Faults.plan(1, { rate: 1, faults: [] }).strikes).toEqual([])
  })
})

describe("a script", () => {
  const plan = Faults.script(
    Faults.strike("submit", 1, "charged-reset"),
    Faults.strike("poll", 3, "status-502-html", { booked: true })
  )

  it("is printed as the TypeScript that makes it", () => {
    expect(Faults.toScript(plan)).toBe(
      [
        "Faults.script(",
        '  Faults.strike("submit", 1, "charged-reset"),',
        '  Faults.strike("poll", 3, "status-502-html", { booked: true })',
        ")"
      ].join("\n")
    )
    expect(Faults.toScript(Faults.script())).toBe("Faults.script()")
  })

  it("when run gives the same plan, for any plan", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer(), FastCheck.double({ min: 0, max: 1, noNaN: true }), (seed, rate) => {
        const drawn = Faults.plan(seed, { rate })
        expect(new Function("Faults", `return ${Faults.toScript(drawn)}`)(Faults)).toEqual(drawn)
      })
    )
  })
})

describe("as JSON", () => {
  const json = Schema.parseJson(Faults.Plan)

  it("any plan comes back as it was", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer(), (seed) => {
        const plan = Faults.plan(seed, { rate: 0.5 })
        expect(Schema.decodeSync(json)(Schema.encodeSync(json)(plan))).toEqual(plan)
      })
    )
  })

  it.each([
    "{}",
    '{"strikes":[{"on":"submit","at":0,"fault":"reset"}]}',
    '{"strikes":[{"on":"submit","at":1.5,"fault":"reset"}]}',
    '{"strikes":[{"on":"never","at":1,"fault":"reset"}]}',
    '{"strikes":[{"on":"submit","at":1,"fault":"status-200-error"}]}',
    '{"strikes":[{"on":"submit","at":1,"fault":"reset","booked":"yes"}]}'
  ])("%s is none", (text) => {
    expect(Either.isLeft(Schema.decodeEither(json)(text))).toBe(true)
  })
})

describe("what a plan strikes", () => {
  const credits = get("/v1/credits")
  const statuses = (simulator: Simulator.Simulator, requests: ReadonlyArray<Parameters<typeof simulator.handle>[0]>) =>
    Effect.map(Effect.forEach(requests, simulator.handle), (replies) => replies.map(status))

  it.effect("is the request of that number in its phase, whatever its route and whatever comes between", () =>
    Effect.gen(function* () {
      const faults = Faults.script(
        Faults.strike("submit", 2, "status-500-error"),
        Faults.strike("read", 1, "status-502-error"),
        Faults.strike("poll", 2, "status-504-error"),
        Faults.strike("file", 1, "file-expired")
      )
      const simulator = yield* Simulator.make({ faults, taskDuration: 0 })
      const poll = get("/v1/task/task_000001")
      const file = get("/files/task_000001-1.wav")
      const sent = [music(), poll, get("/nowhere"), voiceSpeech.send(), credits, file, poll, file, music()]
      expect(yield* statuses(simulator, sent)).toEqual([200, 200, 502, 500, 200, 403, 504, 200, 200])
    })
  )

  it.effect("is counted from the injection, and by each plan for itself", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ faults: Faults.script(Faults.strike("read", 3, "status-500-error")) })
      yield* statuses(simulator, [credits])
      yield* simulator.inject(
        Faults.script(Faults.strike("read", 1, "status-502-error"), Faults.strike("read", 3, "status-504-error")),
        Faults.script(Faults.strike("read", 2, "status-503-error"))
      )
      expect(
        yield* statuses(
          simulator,
          Array.from({ length: 4 }, () => credits)
        )
      ).toEqual([502, 500, 504, 200])
    })
  )

  it.effect("is decided by the first of two strikes", () =>
    Effect.gen(function* () {
      const faults = Faults.script(
        Faults.strike("read", 1, "status-500-error"),
        Faults.strike("read", 1, "status-502-error")
      )
      const simulator = yield* Simulator.make({ faults })
      expect(yield* statuses(simulator, [credits, credits])).toEqual([500, 200])
      expect((yield* simulator.requests).map(({ fault }) => fault)).toEqual(["status-500-error", undefined])
    })
  )

  it.effect.each<readonly [Faults.Strike, string]>([
    [{ on: "read", at: 2, fault: "charged-502" }, "charged-502 never strikes a read"],
    [{ on: "submit", at: 1, fault: "webhook-lost" }, "webhook-lost never strikes a submit"],
    [{ on: "submit", at: 1, fault: "status-503-error", booked: true }, "status-503-error is never booked"],
    [{ on: "submit", at: 1, fault: "drip", booked: false }, "drip is always booked"]
  ])("is never %j: the program is told, and nothing is injected", ([strike, message]) =>
    Effect.gen(function* () {
      const faults = Faults.script(Faults.strike("read", 1, "status-500-error"), strike)
      const simulator = yield* Simulator.make()
      for (const impossible of [Simulator.make({ faults }), simulator.inject(faults)]) {
        const cause = yield* Effect.flip(Effect.sandbox(impossible))
        expect(Cause.isDie(cause)).toBe(true)
        expect(Cause.pretty(cause)).toContain(message)
      }
      expect(yield* statuses(simulator, [credits])).toEqual([200])
    })
  )

  it.effect("can be every cell, with what it says of booking or without", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      for (const { booking, fault, on } of Faults.cells) {
        const said = booking === "either" ? [true, false] : [booking === "always"]
        const strikes = said.map((booked) => Faults.strike(on, 1, fault, { booked }))
        yield* simulator.inject(Faults.script(Faults.strike(on, 1, fault), ...strikes))
      }
    })
  )

  it.effect("is struck again after a reset, which forgets all else", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ faults: Faults.script(Faults.strike("read", 1, "status-500-error")) })
      const fresh = yield* simulator.ledger
      yield* simulator.inject(Faults.script(Faults.strike("read", 2, "status-502-error")))
      expect(yield* statuses(simulator, [credits, music()])).toEqual([500, 200])
      yield* simulator.reset
      expect(yield* simulator.requests).toEqual([])
      expect(yield* simulator.ledger).toEqual(fresh)
      const after = [credits, credits, get("/v1/task/task_000001")]
      expect(yield* statuses(simulator, after)).toEqual([500, 200, 404])
      expect((yield* simulator.requests).map(({ number }) => number)).toEqual([1, 2, 3])
    })
  )
})
