/** What must be true of every run, as sentences about what is not. */

import type * as Arrival from "@effect-cheapai/simulator/Arrival"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Duration from "effect/Duration"
import { type Observed, patience } from "./run.js"

const deadline = 5 * 60_000

/** Faults behind which the whole reply of a submit is still read. */
const whole: ReadonlySet<string | undefined> = new Set([
  undefined,
  "date-ahead",
  "date-behind",
  "date-nonsense",
  "drip",
  "task-fails",
  "task-never-ends",
  "task-status-unknown"
])

const arrivalOf = (observed: Observed, request: number): Arrival.Arrival | undefined => observed.arrivals[request - 1]

const callOf = (observed: Observed, request: number): string | undefined =>
  /^\/v1\/text-to-speech\/([\w-]+)/.exec(arrivalOf(observed, request)?.target ?? "")?.[1]

/** The service itself said, in its own JSON, that it tried and failed: what it charges for that is documented nowhere. */
const isServiceFailure = (observed: Observed, request: number): boolean => {
  const fault = arrivalOf(observed, request)?.fault ?? ""
  return /^charged-5/.test(fault) || /^status-5\d\d-(error|object|message|mistyped)$/.test(fault)
}

const paid = (observed: Observed): ReadonlyArray<Ledger.Entry> => Ledger.charges(observed.ledger)

/** Charges beyond one a call. */
export const excess = (observed: Observed): number => {
  const calls = observed.story.calls.filter(({ kind }) => kind !== "read").map(({ id }) => id)
  return calls.reduce((sum, id) => {
    const own = paid(observed).filter(({ request }) => callOf(observed, request) === id)
    return sum + Math.max(0, own.length - 1)
  }, 0)
}

const explained = (observed: Observed): number =>
  paid(observed).filter(({ request }) => isServiceFailure(observed, request)).length

const lost = (observed: Observed): ReadonlyArray<string> =>
  paid(observed)
    .filter(({ request, taskId }) => {
      const arrival = arrivalOf(observed, request)
      return whole.has(arrival?.fault) && taskId !== undefined && !observed.seen.has(taskId)
    })
    .map(({ taskId }) => `the paid task ${taskId} reached nobody`)

const falselyFree = (observed: Observed): ReadonlyArray<string> =>
  observed.story.calls.flatMap(({ id }) => {
    const tries = observed.submits.filter(({ call }) => call === id)
    const own = paid(observed).filter(({ request }) => callOf(observed, request) === id)
    const allFree =
      tries.length > 0 && tries.every(({ error }) => error?.outcome === "not-sent" || error?.outcome === "rejected")
    return allFree && own.length > 0 ? [`${id} was ${tries.at(-1)?.error?.outcome}, and charged`] : []
  })

const late = (observed: Observed): ReadonlyArray<string> => [
  ...observed.submits.filter(({ millis }) => millis > deadline).map(({ call, millis }) => `${call} took ${millis} ms`),
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

/** Under `standard` a second charge comes only after the service said that it had failed. */
export const standard = (observed: Observed): ReadonlyArray<string> => [
  ...common(observed),
  ...(excess(observed) <= explained(observed)
    ? []
    : [`${excess(observed)} charges too many, ${explained(observed)} explained`])
]
