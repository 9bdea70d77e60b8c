/**
 * What the simulated account was charged, refunded and refused, in order, and what must hold of it.
 *
 * @since 0.1.0
 */
import type * as Arrival from "./Arrival.js"
import * as Invariants from "./internal/invariants.js"

/**
 * One line of the ledger. `at` is in milliseconds of Effect's Clock; `request` is the number, from 1, of the request that
 * caused it, also of a refund that falls due later; `credits` is never negative and is 0 for a refusal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly at: number
  readonly request: number
  readonly kind: "charge" | "refund" | "refusal"
  readonly route: string
  readonly taskId?: string
  readonly credits: number
}

/**
 * The opening balance and every entry since, oldest first. A refusal is a billed request answered with a 4xx,
 * by the service or by a fault in its place.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ledger {
  readonly opening: number
  readonly entries: ReadonlyArray<Entry>
}

const ofKind =
  (kind: Entry["kind"]) =>
  (ledger: Ledger): ReadonlyArray<Entry> =>
    ledger.entries.filter((entry) => entry.kind === kind)

const sum = (entries: ReadonlyArray<Entry>): number => entries.reduce((total, entry) => total + entry.credits, 0)

/**
 * The entries that took credits: one per accepted billed request.
 *
 * @since 0.1.0
 * @category combinators
 */
export const charges: (ledger: Ledger) => ReadonlyArray<Entry> = ofKind("charge")

/**
 * The entries that gave credits back.
 *
 * @since 0.1.0
 * @category combinators
 */
export const refunds: (ledger: Ledger) => ReadonlyArray<Entry> = ofKind("refund")

/**
 * The billed requests that were turned away.
 *
 * @since 0.1.0
 * @category combinators
 */
export const refusals: (ledger: Ledger) => ReadonlyArray<Entry> = ofKind("refusal")

/**
 * The credits of all charges together, refunds not deducted.
 *
 * @since 0.1.0
 * @category combinators
 */
export const charged = (ledger: Ledger): number => sum(charges(ledger))

/**
 * The credits of all refunds together.
 *
 * @since 0.1.0
 * @category combinators
 */
export const refunded = (ledger: Ledger): number => sum(refunds(ledger))

/**
 * The credits left: the opening balance, less charges, plus refunds.
 *
 * @since 0.1.0
 * @category combinators
 */
export const balance = (ledger: Ledger): number => ledger.opening - charged(ledger) + refunded(ledger)

/**
 * What does not hold, as sentences; none when all holds. Every entry has its request; a request has at most one charge,
 * and none if its reply says that it was not taken on or if it was refused; a task has exactly one charge; a refund
 * follows the charge of its task and is not larger; the balance is never negative.
 *
 * @since 0.1.0
 * @category testing
 */
export const violations = (ledger: Ledger, arrivals: ReadonlyArray<Arrival.Arrival>): ReadonlyArray<string> =>
  Invariants.violations(ledger, arrivals)
