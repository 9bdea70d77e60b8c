import { describe, expect, it } from "@effect/vitest"
import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import * as Ledger from "@effect-cheapai/simulator/Ledger"

type Line = Partial<Omit<Ledger.Entry, "kind">>

const line =
  (kind: Ledger.Entry["kind"]) =>
  (credits: number, rest: Line = {}): Ledger.Entry => ({ at: 0, request: 1, route: "POST /x", credits, kind, ...rest })

const charge = line("charge")
const refund = line("refund")
const refusal = line("refusal")

describe("Ledger", () => {
  const ledger: Ledger.Ledger = { opening: 100, entries: [charge(30), refusal(0), charge(20), refund(30)] }

  it("sorts its entries by kind", () => {
    expect(Ledger.charges(ledger).map(({ credits }) => credits)).toEqual([30, 20])
    expect(Ledger.refunds(ledger).map(({ credits }) => credits)).toEqual([30])
    expect(Ledger.refusals(ledger)).toHaveLength(1)
  })

  it("adds up", () => {
    expect(Ledger.charged(ledger)).toBe(50)
    expect(Ledger.refunded(ledger)).toBe(30)
    expect(Ledger.balance(ledger)).toBe(80)
  })
})

describe("violations", () => {
  const arrival = (number: number, status: number, isRejected = status >= 400): Arrival.Arrival => ({
    number,
    at: 0,
    route: "POST /x",
    phase: "submit",
    method: "POST",
    target: "/x",
    hasKey: true,
    fault: undefined,
    webhookFault: undefined,
    status,
    isRejected
  })

  const arrivals = [arrival(1, 200), arrival(2, 200), arrival(3, 429), arrival(4, 503), arrival(5, 503, false)]
  const violations = (entries: ReadonlyArray<Ledger.Entry>, opening = 100) =>
    Ledger.violations({ opening, entries }, arrivals)
  const task = { taskId: "a" }

  it.each<readonly [string, ReadonlyArray<Ledger.Entry>]>([
    ["no entry", []],
    ["charges of two requests, and a refusal", [charge(30, task), charge(70, { request: 2, taskId: "b" })]],
    ["a refund of all, and then a charge of what came back", [charge(100, task), refund(100, task)]],
    ["two refunds that are a charge together", [charge(9, task), refund(4, task), refund(5, task)]],
    ["a charge without a task", [charge(0)]],
    ["a refusal", [refusal(0, { request: 3 })]],
    ["a charge whose reply is a gateway's 503 that lost the service", [charge(1, { request: 5 })]]
  ])("none: %s", (_, entries) => {
    expect(violations(entries)).toEqual([])
  })

  it.each<readonly [ReadonlyArray<Ledger.Entry>, ReadonlyArray<string>]>([
    [[charge(1, { request: 9, ...task })], ["The charge of request 9 for a belongs to no request that arrived."]],
    [[charge(1, task), charge(1, { taskId: "b" })], ["Request 1 has 2 charges."]],
    [[charge(1, task), charge(1, { request: 2, ...task })], ["Task a has 2 charges."]],
    [[refund(1, task), charge(1, task)], ["The refund of request 1 for a follows no charge."]],
    [[refund(1, task)], ["Task a has 0 charges.", "The refund of request 1 for a follows no charge."]],
    [[charge(2, task), refund(1, { request: 2, ...task })], ["The refund of request 2 for a follows no charge."]],
    [[charge(2, task), refund(3, task)], ["The refund of request 1 for a is larger than what was charged."]],
    [
      [charge(2, task), refund(2, task), refund(1, task)],
      ["The refund of request 1 for a is larger than what was charged."]
    ],
    [[charge(1, { request: 3 })], ["The charge of request 3 was booked although the reply, a 429, turned it away."]],
    [[charge(1, { request: 4 })], ["The charge of request 4 was booked although the reply, a 503, turned it away."]],
    [[charge(1), refusal(0)], ["The charge of request 1 was booked although the request was refused."]],
    [[charge(101)], ["The charge of request 1 leaves a balance of -1."]],
    [[charge(-1)], ["The charge of request 1 has -1 credits."]],
    [[charge(Number.NaN)], ["The charge of request 1 has NaN credits."]],
    [[refusal(1, { request: 3 })], ["The refusal of request 3 has 1 credits."]]
  ])("%j: %j", (entries, expected) => {
    expect(violations(entries)).toEqual(expected)
  })
})
