/** What a runtime can't do, as data: which rows differ there, how, and why. */
import type { Observation } from "./Case.js"

export interface Limit {
  /** One sentence for the table of runtimes. */
  readonly differs: string
  readonly why: string
  /** By the name of the row: what is seen there instead, or all that may be where chance decides. */
  readonly rows: Readonly<Record<string, Partial<Observation> | ReadonlyArray<Partial<Observation>>>>
}
