/** A random program: what it calls, what it does with failures, when somebody loses patience. Plain data, from a seed. */
import type * as Simulated from "@effect-cheapai/testing/Simulated"
import { PCGRandom } from "effect/Utils"
import * as Routes from "./routes.js"

export interface Call {
  /** Its requests carry it, with the number of the program's own try. */
  readonly id: string
  readonly route: keyof typeof Routes.tasks | "clone" | keyof typeof Routes.reads
  /** How far a task is followed. A cloned voice is deleted unless that is `answered`. */
  readonly until: "answered" | "done" | "downloaded"
  /** Milliseconds after which the caller is interrupted. */
  readonly patience?: number
  /** Milliseconds, in place of the defaults. */
  readonly timeouts?: { readonly attempt: number; readonly total: number }
  /** Whether the engine sends it once only. */
  readonly single?: true
  /** Whether the program retries its billed call by itself while the error is retryable. */
  readonly retries?: true
}

/** From a time on, in milliseconds, so many requests don't leave. */
export interface Refusal {
  readonly from: number
  readonly times: number
  readonly code: Simulated.Refusal
}

export interface Story {
  readonly calls: ReadonlyArray<Call>
  readonly concurrency: number
  /** Whether `onSubmitted` keeps the tasks; else the program has results and errors, and the log. */
  readonly keeps: boolean
  readonly refusals: ReadonlyArray<Refusal>
}

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): ReadonlyArray<K> => {
  const keys: Array<K> = []
  for (const key in record) keys.push(key)
  return keys
}

const tasks = keysOf(Routes.tasks)
const reads = keysOf(Routes.reads)
const untils = ["answered", "answered", "done", "downloaded"] as const

export const make = (seed: number): Story => {
  const random = new PCGRandom(seed, 7)
  const chance = (of: number) => random.number() < of
  const pick = <A>(first: A, ...others: ReadonlyArray<A>): A => others[random.integer(others.length + 1) - 1] ?? first
  const routeAndUntil = (): Pick<Call, "route" | "until"> => {
    if (chance(0.2)) return { route: pick("credits", ...reads), until: "answered" }
    if (chance(0.1)) return { route: "clone", until: pick(...untils) }
    return { route: pick("voice", ...tasks), until: pick(...untils) }
  }
  const call = (number: number): Call => ({
    id: `call-${number}`,
    ...routeAndUntil(),
    ...(chance(0.25) ? { patience: random.integer(12_000) } : {}),
    ...(chance(0.5) ? { timeouts: { attempt: 1 + random.integer(20_000), total: 1 + random.integer(40_000) } } : {}),
    ...(chance(0.3) ? { single: true } : {}),
    ...(chance(0.4) ? { retries: true } : {})
  })
  const refusal = (): Refusal => ({
    from: random.integer(8000),
    times: 1 + random.integer(4),
    code: pick("refused", "dns", "connect-timeout", "tls", "offline", "reset")
  })
  return {
    calls: Array.from({ length: 1 + random.integer(3) }, (_, index) => call(index + 1)),
    concurrency: 1 + random.integer(3),
    keeps: chance(0.6),
    refusals: chance(0.2) ? [{ ...refusal(), from: 0 }] : chance(0.2) ? [refusal()] : []
  }
}
