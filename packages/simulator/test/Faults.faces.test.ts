/** Every fault on every phase, through each face: a client must see the same, and the same must be booked. */
import { describe, expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Faces from "./faces.js"
import { body } from "./requests.js"

const submit: Faces.Sent = { method: "POST", path: "/v1m/task/music-generation", json: body }

const requests: Readonly<Record<Exclude<Faults.Phase, "webhook">, Faces.Sent>> = {
  submit,
  poll: { method: "GET", path: "/v1/task/task_000001" },
  file: { method: "GET", path: "/files/task_000001-1.svg" },
  read: { method: "GET", path: "/v1/credits" }
}

/** The first submit is whole, so that there is a task to poll and a file to read. */
const before = 1

const strikesOn = (phase: Faults.Phase): ReadonlyArray<Faults.Strike> =>
  Faults.cells
    .filter(({ on }) => on === phase)
    .map(({ booking, fault }, index) => {
      const at = index + 1 + (phase === "submit" ? before : 0)
      return Faults.strike(phase, at, fault, booking === "either" ? { booked: index % 2 === 0 } : {})
    })

const options = (plan: Faults.Plan): Simulator.Options => ({
  faults: plan,
  credits: 1e9,
  taskDuration: 0,
  dripPause: 2,
  fileOrigin: "http://files.test"
})

const compared = ["content-type", "content-length", "retry-after", "retry-after-ms", "server", "cf-ray", "x-varnish"]

/** Dates are of each face's own time. */
const isDate = (value: string) => / \d\d:\d\d:\d\d/.test(value)

const essence = (outcome: Faces.Outcome) => {
  if (typeof outcome === "string") return outcome
  const headers = compared.map((name) => outcome.headers[name] ?? "").map((value) => (isDate(value) ? "date" : value))
  return { ...outcome, headers, text: Faces.timeless(outcome.text) }
}

/** Silence must be waited for. */
const hurry = (fault: Faults.Name) => (fault.startsWith("stall") ? { patience: 150 } : {})

describe("every fault, through every face", { timeout: 30_000 }, () => {
  it.scopedLive.each(["submit", "poll", "file", "read"] as const)("on a %s", (phase) =>
    Effect.gen(function* () {
      const strikes = strikesOn(phase)
      const [first, ...others] = yield* Effect.forEach(
        Faces.all(options(Faults.script(...strikes))),
        Effect.flatMap(({ send, simulator }) =>
          Effect.gen(function* () {
            yield* send(submit)
            const outcomes = yield* Effect.forEach(strikes, ({ fault }) =>
              Effect.map(send({ ...requests[phase], ...hurry(fault) }), (outcome) => [fault, essence(outcome)] as const)
            )
            const ledger = yield* simulator.ledger
            const arrivals = yield* simulator.requests
            expect(Ledger.violations(ledger, arrivals)).toEqual([])
            expect(arrivals.slice(before).map(({ fault }) => fault)).toEqual(strikes.map(({ fault }) => fault))
            return { outcomes, books: Faces.timeless(JSON.stringify([ledger, arrivals])) }
          })
        )
      )
      expect(others).toHaveLength(2)
      for (const other of others) expect(other).toEqual(first)
    })
  )
})
