/** A plan drawn from a seed. Effect's PCG is arithmetic on integers alone, so a seed means the same on every runtime. */
import { PCGRandom } from "effect/Utils"
import * as Catalogue from "./catalogue.js"

interface Strike {
  readonly on: Catalogue.Phase
  readonly at: number
  readonly fault: Catalogue.Name
  readonly booked?: boolean
}

interface Options {
  readonly rate?: number | Partial<Readonly<Record<Catalogue.Phase, number>>>
  readonly length?: number
  readonly faults?: ReadonlyArray<Catalogue.Name>
}

/** Statuses are many and all else is one or few: each family is drawn as often as every other. */
const familyOf = ({ name }: Catalogue.Entry): string => name.split("-", 1)[0] ?? name

type Families = ReadonlyArray<ReadonlyArray<Catalogue.Entry>>

const familiesOn = (phase: Catalogue.Phase, chosen: ReadonlySet<Catalogue.Name> | undefined): Families => {
  const families = new Map<string, Array<Catalogue.Entry>>()
  for (const entry of Catalogue.all) {
    if (!entry.on.includes(phase) || chosen?.has(entry.name) === false) continue
    const family = families.get(familyOf(entry)) ?? []
    family.push(entry)
    families.set(familyOf(entry), family)
  }
  return Array.from(families.values())
}

const everyFault = new Map(Catalogue.phases.map((phase) => [phase, familiesOn(phase, undefined)]))

const pick = <A>(random: PCGRandom, items: ReadonlyArray<A>): A | undefined => items[random.integer(items.length)]

/** Each request takes the same number of draws, so that another rate moves no other fault. */
const drawn = (random: PCGRandom, families: Families) => ({
  chance: random.number(),
  entry: pick(random, pick(random, families) ?? []),
  booked: random.number() < 0.5
})

/** Whether it can be seen that a request was carried out: a submit is charged, and one of the reads deletes. */
const changesAccount = (phase: Catalogue.Phase): boolean => phase === "submit" || phase === "read"

const ofPhase = (
  on: Catalogue.Phase,
  random: PCGRandom,
  { families, length, rate }: { readonly families: Families; readonly length: number; readonly rate: number }
): ReadonlyArray<Strike> =>
  Array.from({ length }, (_, index) => ({ at: index + 1, ...drawn(random, families) })).flatMap(
    ({ at, booked, chance, entry }) => {
      if (entry === undefined || chance >= rate) return []
      const strike = { on, at, fault: entry.name }
      return changesAccount(on) && entry.booking === "either" ? [{ ...strike, booked }] : [strike]
    }
  )

export const strikes = (seed: number, options: Options): ReadonlyArray<Strike> => {
  const { faults, length = 20, rate = 0.3 } = options
  const chosen = faults === undefined ? undefined : new Set(faults)
  return Catalogue.phases.flatMap((on, index) =>
    ofPhase(on, new PCGRandom(seed, index), {
      length,
      rate: typeof rate === "number" ? rate : (rate[on] ?? 0),
      families: chosen === undefined ? (everyFault.get(on) ?? []) : familiesOn(on, chosen)
    })
  )
}
