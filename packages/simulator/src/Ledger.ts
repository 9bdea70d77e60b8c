/**
 * What the simulated account was charged, refunded and refused, in order.
 *
 * @since 0.1.0
 */

/**
 * One line of the ledger. `at` is in milliseconds of Effect's Clock; `credits` is never negative and is 0 for a refusal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly at: number
  readonly kind: "charge" | "refund" | "refusal"
  readonly route: string
  readonly taskId?: string
  readonly credits: number
}

/**
 * The opening balance and every entry since, oldest first. A refusal is a billed request answered with a 4xx.
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
