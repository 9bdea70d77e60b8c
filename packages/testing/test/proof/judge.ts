/** What must be true of every run, as sentences about what is not. */

import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type { Observed } from "./run.js"

/** Faults behind which the whole reply of a submit is still read. */
const whole: ReadonlySet<string | undefined> = new Set([
  undefined,
  "body-mistyped",
  "date-ahead",
  "date-behind",
  "date-nonsense",
  "drip",
  "length-long",
  "task-fails",
  "task-never-ends",
  "task-status-unknown"
])

const arrivalOf = (observed: Observed, request: number): Arrival.Arrival | undefined => observed.arrivals[request - 1]

/** Whose billed request it was: the call, and its try. */
export const markOf = (observed: Observed, request: number): string =>
  /call-\d+\.\d+/.exec(observed.sent[request - 1]?.body ?? "")?.[0] ?? ""

/**
 * The service itself said, in its own JSON, that it tried and failed: what it charges for that is documented nowhere. Of a
 * 504 and a 524 nobody knows who speaks.
 */
const isServiceFailure = (observed: Observed, request: number): boolean => {
  const fault = arrivalOf(observed, request)?.fault ?? ""
  return /^charged-5/.test(fault) || /^status-5(?!04|24)\d\d-(error|object|message|mistyped)$/.test(fault)
}

export const paid = (observed: Observed): ReadonlyArray<Ledger.Entry> => Ledger.charges(observed.ledger)

/** A call's charges, oldest first. */
const chargesOf = (observed: Observed, call: string): ReadonlyArray<Ledger.Entry> =>
  paid(observed).filter(({ request }) => markOf(observed, request).startsWith(`${call}.`))

/** Charges beyond the first of a call, each with the one before it. */
const repeated = (observed: Observed) =>
  observed.story.calls.flatMap(({ id }) => {
    const own = chargesOf(observed, id)
    return own.slice(1).map((charge, index) => ({ call: id, charge, before: own[index] }))
  })

export const excess = (observed: Observed): number => repeated(observed).length

/** Its time was over before the whole reply had come. */
const isLate = (observed: Observed, request: number): boolean => {
  const mark = markOf(observed, request)
  const requests = observed.sent.flatMap((_, index) => (markOf(observed, index + 1) === mark ? [index + 1] : []))
  const tries = observed.tries.filter((tried) => tried.mark === mark && tried.evidence === "started")
  return tries[requests.indexOf(request)]?.result === "TimeoutError"
}

const lost = (observed: Observed): ReadonlyArray<string> =>
  paid(observed)
    .filter(({ request, taskId }) => {
      const arrival = arrivalOf(observed, request)
      if (taskId === undefined || observed.known.has(taskId)) return false
      return whole.has(arrival?.fault) && !isLate(observed, request)
    })
    .map(({ taskId }) => `the paid task ${taskId} reached nobody`)

const falselyFree = (observed: Observed): ReadonlyArray<string> =>
  observed.submits.flatMap(({ error, mark }) => {
    const isFree = error?.outcome === "not-sent" || error?.outcome === "rejected"
    const isPaid = paid(observed).some(({ request }) => markOf(observed, request) === mark)
    return isFree && isPaid ? [`${mark} was ${error.outcome}, and charged`] : []
  })

const late = (observed: Observed): ReadonlyArray<string> =>
  observed.times
    .filter(({ limit, millis }) => millis > limit)
    .map(({ limit, millis, what }) => `${what} took ${millis} ms instead of ${limit}`)

const leftovers = ({ grown, left }: Observed): ReadonlyArray<string> => [
  ...Object.entries(grown).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what} stay with the client`])),
  ...Object.entries(left).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what} outlive the client`]))
]

/** Each request that was charged carried the mark of the call that it is counted for. */
const unmarked = (observed: Observed): ReadonlyArray<string> =>
  paid(observed).flatMap(({ request }) =>
    markOf(observed, request) === "" ? [`nobody knows whose request ${request} was`] : []
  )

const common = (observed: Observed): ReadonlyArray<string> => [
  ...Ledger.violations(observed.ledger, observed.arrivals),
  ...lost(observed),
  ...falselyFree(observed),
  ...late(observed),
  ...leftovers(observed),
  ...unmarked(observed)
]

/** Under `payOnce` no call is charged twice. */
const payOnce = (observed: Observed): ReadonlyArray<string> => [
  ...common(observed),
  ...(excess(observed) === 0 ? [] : [`${excess(observed)} charges too many`])
]

/** Under `standard` a second charge comes only after the one before it was answered with the service's own failure. */
const standard = (observed: Observed): ReadonlyArray<string> => [
  ...common(observed),
  ...repeated(observed)
    .filter(({ before }) => before === undefined || !isServiceFailure(observed, before.request))
    .map(({ call }) => `${call} was charged again, though the service had not said that it failed`)
]

export const properties = { payOnce, standard }
