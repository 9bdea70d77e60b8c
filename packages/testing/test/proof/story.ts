/** A random program: what it calls, what it does with failures, when somebody loses patience. Plain data, from a seed. */
import { PCGRandom } from "effect/Utils"

export interface Call {
  /** Also the voice that it asks for, with the number of the try, so that a request tells whose it is. */
  readonly id: string
  readonly kind: "submit" | "await" | "download" | "read"
  /** Milliseconds after which the caller is interrupted. */
  readonly patience: number | undefined
  /** Whether the program retries its submit by itself while the error is retryable. */
  readonly retries: boolean
}

export interface Story {
  readonly calls: ReadonlyArray<Call>
  readonly concurrency: number
  /** How many of the first requests find no connection. */
  readonly refusals: number
}

const kinds = ["submit", "await", "await", "download", "read"] as const

export const make = (seed: number): Story => {
  const random = new PCGRandom(seed, 7)
  const chance = (of: number) => random.number() < of
  const call = (number: number): Call => ({
    id: `voice-${number}`,
    kind: kinds[random.integer(kinds.length)] ?? "submit",
    patience: chance(0.25) ? random.integer(8) * 700 : undefined,
    retries: chance(0.3)
  })
  return {
    calls: Array.from({ length: 1 + random.integer(3) }, (_, index) => call(index + 1)),
    concurrency: 1 + random.integer(3),
    refusals: chance(0.15) ? 1 + random.integer(2) : 0
  }
}
