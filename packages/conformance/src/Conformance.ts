/**
 * The rows of the semantics on any runtime, over HTTP against a simulator in another process. The suite is data; `run`
 * knows no runtime.
 */
import type { Options } from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import type { Case, Observation } from "./Case.js"
import { calls } from "./calls.js"
import { errors } from "./errors.js"
import type { SimulatorError } from "./internal/account.js"
import { type MakeLayer, observe } from "./internal/observe.js"
import type { Limit } from "./Limit.js"
import { outcomes } from "./outcomes.js"
import { policies } from "./policies.js"

/** Every host that a client is sent to, for runtimes that must be told. */
export { hosts } from "./internal/observe.js"

/** What the simulator must be told. */
export const simulator = { taskDuration: 0, dripPause: "100 millis" } as const satisfies Options

/** Every row, in the order of the semantics. */
export const cases: ReadonlyArray<Case> = [...calls, ...errors, ...outcomes, ...policies]

/** One row as it went: `expected` of the keys that are looked at, and what was seen in their place. */
export interface Row {
  readonly name: string
  readonly ok: boolean
  /** What the runtime is known to do otherwise here. */
  readonly limit?: string
  readonly expected: Partial<Observation>
  readonly seen: Partial<Observation>
}

/** Plain data: it can be sent as JSON. */
export type Report = ReadonlyArray<Row>

const limitOf = (limits: ReadonlyArray<Limit>, name: string): Limit | undefined =>
  limits.find(({ rows }) => Object.hasOwn(rows, name))

const text = (observation: Partial<Observation>): string => JSON.stringify(observation, Object.keys(observation).sort())

/** What may be seen of a row: one thing, or several where chance decides. */
const allowed = (one: Case, limit: Limit | undefined): ReadonlyArray<Partial<Observation>> =>
  [limit?.rows[one.name] ?? {}].flat().map((seen) => ({ early: 0, ...one.expected, ...seen }))

const only = (observed: Observation, keys: Partial<Observation>): Partial<Observation> =>
  Object.fromEntries(Object.entries(observed).filter(([key]) => Object.hasOwn(keys, key)))

const judge = (one: Case, limit: Limit | undefined, observed: Observation): Row => {
  const [first = {}, ...others] = allowed(one, limit)
  const isSeen = (expected: Partial<Observation>) => text(only(observed, expected)) === text(expected)
  const expected = others.find(isSeen) ?? first
  const row = { name: one.name, ok: isSeen(expected), expected, seen: only(observed, expected) }
  return limit === undefined ? row : { ...row, limit: limit.differs }
}

/** Runs all cases one after the other: they share the simulator's account. */
export const run = (options: {
  readonly layer: MakeLayer
  readonly simulatorUrl: string
  readonly limits?: ReadonlyArray<Limit>
}): Effect.Effect<Report, SimulatorError> =>
  Effect.forEach(cases, (one) =>
    Effect.map(observe(options.layer, options.simulatorUrl, one), (observed) =>
      judge(one, limitOf(options.limits ?? [], one.name), observed)
    )
  )
