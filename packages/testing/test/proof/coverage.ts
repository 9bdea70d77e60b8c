/** Which kinds of fault met which phases: names are many, and the first word of one is its kind. */
import * as Faults from "@effect-cheapai/simulator/Faults"

const kindOf = (fault: string): string => fault.split("-")[0] ?? fault

const cell = (on: string, fault: string): string => `${on} ${kindOf(fault)}`

const all: ReadonlySet<string> = new Set(Faults.cells.map(({ fault, on }) => cell(on, fault)))

/** Kinds that met no request of a phase. */
export const missing = (covered: ReadonlySet<string>): ReadonlyArray<string> => {
  const met = new Set([...covered].map((strike) => cell(...split(strike))))
  return [...all].filter((kind) => !met.has(kind))
}

const split = (strike: string): readonly [on: string, fault: string] => {
  const [on = "", fault = ""] = strike.split(" ")
  return [on, fault]
}
