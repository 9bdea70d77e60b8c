/** A random program: what it calls, what it does with failures, when somebody loses patience. Plain data, from a seed. */
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
  /** Whether the program retries its billed call by itself while the error is retryable. */
  readonly retries?: true
}

export interface Story {
  readonly calls: ReadonlyArray<Call>
  readonly concurrency: number
  /** How many of the first requests find no connection. */
  readonly refusals: number
}

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): ReadonlyArray<K> => {
  const keys: Array<K> = []
  for (const key in record) keys.push(key)
  return keys
}

const tasks = keysOf(Routes.tasks)
const reads = keysOf(Routes.reads)
const untils = ["answered", "done", "done", "downloaded"] as const

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
    ...(chance(0.25) ? { patience: random.integer(8) * 700 } : {}),
    ...(chance(0.3) ? { retries: true } : {})
  })
  return {
    calls: Array.from({ length: 1 + random.integer(3) }, (_, index) => call(index + 1)),
    concurrency: 1 + random.integer(3),
    refusals: chance(0.15) ? 1 + random.integer(2) : 0
  }
}
