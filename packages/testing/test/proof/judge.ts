/** What must be true of every run, as sentences about what is not. */

import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Duration from "effect/Duration"
import { type Observed, patience } from "./run.js"

const deadline = 5 * 60_000

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

/** Whose request it was: the call, and its try. */
const voiceOf = (observed: Observed, request: number): string =>
  /^\/v1\/text-to-speech\/([\w.-]+)/.exec(arrivalOf(observed, request)?.target ?? "")?.[1] ?? ""

/** The service itself said, in its own JSON, that it tried and failed: what it charges for that is documented nowhere. */
const isServiceFailure = (observed: Observed, request: number): boolean => {
  const fault = arrivalOf(observed, request)?.fault ?? ""
  return /^charged-5/.test(fault) || /^status-5\d\d-(error|object|message|mistyped)$/.test(fault)
}

const paid = (observed: Observed): ReadonlyArray<Ledger.Entry> => Ledger.charges(observed.ledger)

/** A call's charges, oldest first. */
const chargesOf = (observed: Observed, call: string): ReadonlyArray<Ledger.Entry> =>
  paid(observed).filter(({ request }) => voiceOf(observed, request).startsWith(`${call}.`))

/** Charges beyond the first of a call, each with the one before it. */
const repeated = (observed: Observed) =>
  observed.story.calls.flatMap(({ id }) => {
    const own = chargesOf(observed, id)
    return own.slice(1).map((charge, index) => ({ call: id, charge, before: own[index] }))
  })

export const excess = (observed: Observed): number => repeated(observed).length

const lost = (observed: Observed): ReadonlyArray<string> =>
  paid(observed)
    .filter(({ request, taskId }) => {
      const arrival = arrivalOf(observed, request)
      return whole.has(arrival?.fault) && taskId !== undefined && !observed.seen.has(taskId)
    })
    .map(({ taskId }) => `the paid task ${taskId} reached nobody`)

const falselyFree = (observed: Observed): ReadonlyArray<string> =>
  observed.submits.flatMap(({ error, voice }) => {
    const isFree = error?.outcome === "not-sent" || error?.outcome === "rejected"
    const isPaid = paid(observed).some(({ request }) => voiceOf(observed, request) === voice)
    return isFree && isPaid ? [`${voice} was ${error.outcome}, and charged`] : []
  })

const late = (observed: Observed): ReadonlyArray<string> => [
  ...observed.submits
    .filter(({ millis }) => millis > deadline)
    .map(({ millis, voice }) => `${voice} took ${millis} ms`),
  ...observed.waits.filter((millis) => millis > Duration.toMillis(patience)).map((millis) => `a wait took ${millis} ms`)
]

const common = (observed: Observed): ReadonlyArray<string> => [
  ...Ledger.violations(observed.ledger, observed.arrivals),
  ...lost(observed),
  ...falselyFree(observed),
  ...late(observed),
  ...(observed.left === 0 ? [] : [`${observed.left} fibers are left`])
]

/** Under `payOnce` no call is charged twice. */
export const payOnce = (observed: Observed): ReadonlyArray<string> => [
  ...common(observed),
  ...(excess(observed) === 0 ? [] : [`${excess(observed)} charges too many`])
]

/** Under `standard` a second charge comes only after the one before it was answered with the service's own failure. */
export const standard = (observed: Observed): ReadonlyArray<string> => [
  ...common(observed),
  ...repeated(observed)
    .filter(({ before }) => before === undefined || !isServiceFailure(observed, before.request))
    .map(({ call }) => `${call} was charged again, though the service had not said that it failed`)
]
