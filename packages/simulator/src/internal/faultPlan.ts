/** The faults still to come, as a value: which one strikes a request, and what it makes of the reply. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Arrival from "../Arrival.js"
import type * as Fault from "../Fault.js"
import type * as Faults from "../Faults.js"
import * as Wire from "../Wire.js"
import * as Catalogue from "./catalogue.js"
import * as Rewrites from "./rewrites.js"
import * as Template from "./template.js"

interface Scripted {
  readonly fault: Fault.Fault
  readonly skip: number
  readonly times: number
}

interface Planned {
  readonly entries: ReadonlyMap<string, Struck | Catalogue.WebhookFate>
  /** How many of each phase have come since the injection. */
  readonly counts: Readonly<Record<Catalogue.Phase, number>>
}

export type Pending = Scripted | Planned

/** The fault that strikes a request. */
export interface Struck {
  readonly name: Arrival.Arrival["fault"]
  readonly kind: Fault.Kind
  readonly booked: boolean | undefined
}

const cell = (phase: Catalogue.Phase, number: number): string => `${phase} ${number}`

const meant = (strike: Faults.Strike): ReadonlyArray<readonly [string, Struck | Catalogue.WebhookFate]> => {
  const entry = Catalogue.find(strike.fault)
  if (entry === undefined) return []
  const { booking, kind, name } = entry
  const booked = booking === "always" ? true : strike.booked
  return [[cell(strike.on, strike.at), kind.kind === "webhook" ? kind.fate : { name, kind, booked }]]
}

const planned = ({ strikes }: Faults.Plan): Planned => ({
  // Of two strikes at one request the first counts, so it is entered last.
  entries: new Map([...strikes].reverse().flatMap(meant)),
  counts: { submit: 0, poll: 0, file: 0, read: 0, webhook: 0 }
})

const pendingOf = (faults: Fault.Fault | Faults.Plan): Pending =>
  "strikes" in faults ? planned(faults) : { fault: faults, skip: faults.skip ?? 0, times: faults.times ?? 1 }

/** Dies of a strike that can't happen: a test with it would test nothing. */
export const make = (faults: ReadonlyArray<Fault.Fault | Faults.Plan>): Effect.Effect<ReadonlyArray<Pending>> => {
  const strikes = faults.flatMap((one) => ("strikes" in one ? one.strikes : []))
  const problem = strikes.map(Catalogue.problemOf).find((found) => found !== undefined)
  return problem === undefined ? Effect.succeed(faults.map(pendingOf)) : Effect.dieMessage(problem)
}

const counted = (plan: Planned, phase: Catalogue.Phase): Planned => ({
  ...plan,
  counts: { ...plan.counts, [phase]: plan.counts[phase] + 1 }
})

const nextIn = (plan: Planned, phase: Catalogue.Phase) => plan.entries.get(cell(phase, plan.counts[phase] + 1))

const isMeant = ({ fault }: Scripted, request: Wire.WireRequestHead): boolean =>
  Template.match(fault.route, request.method, Template.pathOf(request.target)) !== undefined

const struckBy = ({ fault }: Scripted): Struck => ({ name: fault.fault.kind, kind: fault.fault, booked: fault.booked })

interface Step {
  readonly struck: Struck | undefined
  readonly rest: ReadonlyArray<Pending>
}

const throughScript = (pending: Scripted): Step => {
  if (pending.skip > 0) return { struck: undefined, rest: [{ ...pending, skip: pending.skip - 1 }] }
  if (pending.times < 1) return { struck: undefined, rest: [] }
  return { struck: struckBy(pending), rest: pending.times > 1 ? [{ ...pending, times: pending.times - 1 }] : [] }
}

const throughPlan = (plan: Planned, phase: Catalogue.Phase): Step => {
  const found = nextIn(plan, phase)
  return { struck: typeof found === "object" ? found : undefined, rest: [counted(plan, phase)] }
}

/**
 * The first fault that is due at a request. Scripted faults before it count the request as let through, those after it
 * don't count it; a plan counts every request of a phase, and what it has for one that is struck already is passed over.
 */
export const next = (
  pending: ReadonlyArray<Pending>,
  request: Wire.WireRequestHead,
  phase: Catalogue.Phase
): readonly [Struck | undefined, ReadonlyArray<Pending>] => {
  let struck: Struck | undefined
  const rest = pending.flatMap((one) => {
    if (!("entries" in one) && (struck !== undefined || !isMeant(one, request))) return [one]
    const step = "entries" in one ? throughPlan(one, phase) : throughScript(one)
    struck ??= step.struck
    return step.rest
  })
  return [struck, rest]
}

/** What becomes of the next webhook. */
export const webhookFate = (pending: ReadonlyArray<Pending>): Catalogue.WebhookFate | undefined => {
  for (const one of pending) {
    const fate = "entries" in one ? nextIn(one, "webhook") : undefined
    if (typeof fate === "string") return fate
  }
  return undefined
}

/** The faults that are left once a webhook has been decided. */
export const afterWebhook = (pending: ReadonlyArray<Pending>): ReadonlyArray<Pending> =>
  pending.map((one) => ("entries" in one ? counted(one, "webhook") : one))

/** What is sent in place of the real reply. */
export const disturb = (
  kind: Fault.Kind,
  real: Wire.WireReply,
  { dripMillis, now }: { readonly now: number; readonly dripMillis: number }
): Wire.WireReply => {
  switch (kind.kind) {
    case "reply":
      return kind.reply
    case "drop":
      return Wire.nothing(kind.end)
    case "cut":
      return Wire.cut(real, kind.end)
    case "stall":
      return Wire.nothing("stall")
    case "unread":
      return Wire.unread
    case "drip":
      return Rewrites.drip(real, Duration.toMillis(kind.pause ?? dripMillis))
    case "rewrite":
      return kind.rewrite(real, now)
    case "task-fails":
    case "task-never-ends":
      return real
  }
}
