import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"

const entry = (kind: Ledger.Entry["kind"], credits: number): Ledger.Entry => ({
  at: 0,
  kind,
  route: "POST /x",
  credits
})

const ledger: Ledger.Ledger = {
  opening: 100,
  entries: [entry("charge", 30), entry("refusal", 0), entry("charge", 20), entry("refund", 30)]
}

describe("Ledger", () => {
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
