/** Which faults met which phases, and which routes were called. */
import * as Faults from "@effect-cheapai/simulator/Faults"
import { routes } from "../../../core/test/barrel.js"

/** A fault by its name, but that statuses of one class count as one, and so do the pages of one maker. */
const kindOf = (fault: string): string =>
  fault.replace(/^status-(\d)\d\d/, "status-$1xx").replace(/^(page-[a-z]+)-.*/, "$1")

/** A strike as it counts: of a submit whether it was charged, and of a file not what its host says in a refusal. */
export const struck = (on: string, fault: string, charged: boolean): string => {
  const kind = kindOf(fault)
  if (on === "file") return `file ${kind.replace(/^(status-\dxx)-.*/, "$1")}`
  return on === "submit" && charged ? `submit, charged, ${kind}` : `${on} ${kind}`
}

/** What can be charged and what can be free. */
const bookings = { never: [false], always: [true], either: [true, false] } as const

const all: ReadonlySet<string> = new Set(
  Faults.cells.flatMap(({ booking, fault, on }) => bookings[booking].map((charged) => struck(on, fault, charged)))
)

/** What met no request. */
export const missing = (covered: ReadonlySet<string>): ReadonlyArray<string> =>
  [...all].filter((strike) => !covered.has(strike))

const templates = [...new Set([...routes.values()].map(({ key }) => key)), "GET /files/{name}"]

/** Routes of the library that no story called. */
export const uncalled = (called: ReadonlySet<string>): ReadonlyArray<string> =>
  templates.filter((route) => !called.has(route))
