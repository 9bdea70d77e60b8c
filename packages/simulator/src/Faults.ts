/**
 * Plans of named faults: what each request of a phase meets, drawn from a seed or written out. A plan is plain data, so it
 * can be kept as JSON, shrunk, printed as a script, and given to every face. For a reply of one's own there is `Fault`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Catalogue from "./internal/catalogue.js"
import * as Fields from "./internal/fields.js"
import * as Seeded from "./internal/seeded.js"

/**
 * The part that a request plays: `submit` for every billed route, `poll`, `file` for results, `read` for all others.
 * `webhook` is no request but the notice of a task's end; they count in the order of the submits that asked for them.
 *
 * @since 0.1.0
 * @category models
 */
export type Phase = Catalogue.Phase

/**
 * A fault by its name. The word before the first hyphen is its family, such as `status`, `page`, `retry` or `reset`.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = Catalogue.Name

/**
 * One fault of a plan: it strikes the request of this number, from 1, among those of its phase since the plan was given.
 * `booked` says whether the request is charged before the fault strikes, where the fault leaves that open (see `cells`);
 * default true where half of the real reply or a body in its place is seen (`cut-…`, `stall-half`, `body-…`,
 * `length-short`), else false.
 *
 * @since 0.1.0
 * @category models
 */
export interface Strike {
  readonly on: Phase
  readonly at: number
  readonly fault: Name
  readonly booked?: boolean
}

/**
 * What the requests of a simulator meet. Of two strikes at one request the first counts. A fault on a phase where it never
 * happens, or a `booked` that it does not leave open, is refused: by the schema, and by the simulator as a defect.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  readonly strikes: ReadonlyArray<Strike>
}

/**
 * How a seed becomes a plan.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Options {
  /** How likely a request is struck, from 0 to 1: for all phases, or by phase and then 0 for one left out. Default 0.3. */
  readonly rate?: number | Partial<Readonly<Record<Phase, number>>>
  /** How many requests of each phase the plan covers; those after are not struck. Default 20. */
  readonly length?: number
  /** The faults to draw from. Default all. */
  readonly faults?: ReadonlyArray<Name>
}

/**
 * A fault on a phase, and who decides whether a request that it strikes is charged: it `never` is, it `always` is (unless
 * the service itself refuses it), or `either`, as the strike says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Cell {
  readonly on: Phase
  readonly fault: Name
  readonly booking: "never" | "always" | "either"
}

/**
 * Every fault on every phase where it can happen: what the coverage of plans is counted against.
 *
 * @since 0.1.0
 * @category testing
 */
export const cells: ReadonlyArray<Cell> = Catalogue.all.flatMap(({ booking, name, on }) =>
  on.map((phase) => ({ on: phase, fault: name, booking }))
)

/**
 * Every fault's name.
 *
 * @since 0.1.0
 * @category testing
 */
export const names: ReadonlyArray<Name> = Catalogue.all.map(({ name }) => name)

/**
 * The plan of a seed, a 32-bit integer: the same on every runtime. Each family of faults is equally likely.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plan = (seed: number, options: Options = {}): Plan => ({ strikes: Seeded.strikes(seed, options) })

/**
 * One fault of a script: `Faults.strike("submit", 1, "charged-reset")`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const strike = <N extends Name>(
  on: Catalogue.PhaseOf<N>,
  at: number,
  fault: N,
  options: { readonly booked?: boolean } = {}
): Strike => ({ on, at, fault, ...options })

/**
 * A plan that is written out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const script = (...strikes: ReadonlyArray<Strike>): Plan => ({ strikes })

const callOf = ({ at, booked, fault, on }: Strike): string => {
  const options = booked === undefined ? "" : `, { booked: ${booked} }`
  return `  Faults.strike("${on}", ${at}, "${fault}"${options})`
}

/**
 * A plan as the TypeScript that makes it, to be pasted into a test.
 *
 * @since 0.1.0
 * @category combinators
 */
export const toScript = ({ strikes }: Plan): string =>
  strikes.length === 0 ? "Faults.script()" : `Faults.script(\n${strikes.map(callOf).join(",\n")}\n)`

/** In place of the first of several hundred names that were expected. */
const says = (message: string) => ({ message: () => ({ message, override: true }) })

const FaultName = Schema.Literal(...names).annotations(says("is not the name of a fault"))

/**
 * A plan as JSON: `Schema.parseJson(Faults.Plan)` reads and writes its text.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Plan: Schema.Schema<Plan> = Schema.Struct({
  strikes: Schema.Array(
    Schema.Struct({
      on: Schema.Literal(...Catalogue.phases).annotations(says(`must be one of ${Catalogue.phases.join(", ")}`)),
      at: Schema.Int.pipe(Schema.positive()),
      fault: FaultName,
      booked: Fields.optional(Schema.Boolean)
    }).pipe(Schema.filter(Catalogue.problemOf))
  )
})

const Rate = Fields.between(0, 1)

/**
 * A seed with its options as JSON, as `POST /__simulator/faults` takes them.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Seed: Schema.Schema<Options & { readonly seed: number }> = Schema.Struct({
  seed: Schema.Int,
  rate: Fields.optional(
    Schema.Union(
      Rate,
      Schema.Struct({
        submit: Fields.optional(Rate),
        poll: Fields.optional(Rate),
        file: Fields.optional(Rate),
        read: Fields.optional(Rate),
        webhook: Fields.optional(Rate)
      })
    )
  ),
  length: Fields.optional(Schema.Int.pipe(Schema.between(0, 10_000))),
  faults: Fields.optional(Schema.Array(FaultName))
})
