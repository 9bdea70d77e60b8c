/** What must hold of a ledger, each as a function to the sentences that say where it does not. */
import type * as Arrival from "../Arrival.js"

interface Entry {
  readonly request: number
  readonly kind: "charge" | "refund" | "refusal"
  readonly taskId?: string
  readonly credits: number
}

interface Books {
  readonly opening: number
  readonly entries: ReadonlyArray<Entry>
}

type Invariant = (books: Books, arrivals: ReadonlyArray<Arrival.Arrival>) => ReadonlyArray<string>

const nameOf = ({ kind, request, taskId }: Entry): string =>
  `The ${kind} of request ${request}${taskId === undefined ? "" : ` for ${taskId}`}`

const isCharge = ({ kind }: Entry): boolean => kind === "charge"

/** The entries under each key, in their order. */
const grouped = <K>(
  entries: ReadonlyArray<Entry>,
  keyOf: (entry: Entry) => K
): ReadonlyMap<K, ReadonlyArray<Entry>> => {
  const groups = new Map<K, Array<Entry>>()
  for (const entry of entries) {
    const group = groups.get(keyOf(entry)) ?? []
    group.push(entry)
    groups.set(keyOf(entry), group)
  }
  return groups
}

const everyEntryHasItsRequest: Invariant = ({ entries }, arrivals) => {
  const numbers = new Set(arrivals.map(({ number }) => number))
  return entries.flatMap((entry) =>
    numbers.has(entry.request) ? [] : [`${nameOf(entry)} belongs to no request that arrived.`]
  )
}

const creditsAreAmounts: Invariant = ({ entries }) =>
  entries.flatMap((entry) =>
    Number.isFinite(entry.credits) && entry.credits >= 0 && (entry.kind !== "refusal" || entry.credits === 0)
      ? []
      : [`${nameOf(entry)} has ${entry.credits} credits.`]
  )

const requestsAreChargedOnce: Invariant = ({ entries }) =>
  Array.from(grouped(entries.filter(isCharge), ({ request }) => request)).flatMap(([request, { length }]) =>
    length === 1 ? [] : [`Request ${request} has ${length} charges.`]
  )

const tasksAreChargedOnce: Invariant = ({ entries }) =>
  Array.from(grouped(entries, ({ taskId }) => taskId)).flatMap(([taskId, ofTask]) => {
    const { length } = ofTask.filter(isCharge)
    return taskId === undefined || length === 1 ? [] : [`Task ${taskId} has ${length} charges.`]
  })

const whatWasNotTakenOnIsNotCharged: Invariant = ({ entries }, arrivals) => {
  const rejected = new Map(arrivals.filter(({ isRejected }) => isRejected).map((one) => [one.number, one.status]))
  const refused = new Set(entries.filter(({ kind }) => kind === "refusal").map(({ request }) => request))
  return entries
    .filter(isCharge)
    .flatMap((entry) => [
      ...(rejected.has(entry.request)
        ? [`${nameOf(entry)} was booked although the reply, a ${rejected.get(entry.request)}, turned it away.`]
        : []),
      ...(refused.has(entry.request) ? [`${nameOf(entry)} was booked although the request was refused.`] : [])
    ])
}

/** Walks the entries in order, with what is still to be had back for each charge. */
const refundsFollowTheirCharges: Invariant = ({ entries }) => {
  const open = new Map<string, number>()
  const key = ({ request, taskId }: Entry) => `${request} ${taskId}`
  return entries.flatMap((entry) => {
    const left = open.get(key(entry))
    if (entry.kind === "charge") open.set(key(entry), (left ?? 0) + entry.credits)
    if (entry.kind !== "refund") return []
    if (left === undefined) return [`${nameOf(entry)} follows no charge.`]
    open.set(key(entry), left - entry.credits)
    return entry.credits > left ? [`${nameOf(entry)} is larger than what was charged.`] : []
  })
}

const effectOn: Readonly<Record<Entry["kind"], number>> = { charge: -1, refund: 1, refusal: 0 }

const balanceIsNeverNegative: Invariant = ({ entries, opening }) => {
  let balance = opening
  for (const entry of entries) {
    balance += effectOn[entry.kind] * entry.credits
    if (balance < 0) return [`${nameOf(entry)} leaves a balance of ${balance}.`]
  }
  return []
}

const all: ReadonlyArray<Invariant> = [
  everyEntryHasItsRequest,
  creditsAreAmounts,
  requestsAreChargedOnce,
  tasksAreChargedOnce,
  whatWasNotTakenOnIsNotCharged,
  refundsFollowTheirCharges,
  balanceIsNeverNegative
]

export const violations: Invariant = (books, arrivals) => all.flatMap((invariant) => invariant(books, arrivals))
