/** The faults still to come, as a value: which one strikes a request, and what it makes of the reply. */
import type * as Fault from "../Fault.js"
import * as Wire from "../Wire.js"
import * as Template from "./template.js"

export interface Pending {
  readonly fault: Fault.Fault
  readonly skip: number
  readonly times: number
}

export const make = (fault: Fault.Fault): Pending => ({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 })

const strikes = (pending: Pending, request: Wire.WireRequest): boolean =>
  Template.match(pending.fault.route, request.method, Template.pathOf(request.target)) !== undefined

/** The first fault of the request's route that is due. Those before it count the request as let through. */
export const next = (
  plan: ReadonlyArray<Pending>,
  request: Wire.WireRequest
): readonly [Fault.Fault | undefined, ReadonlyArray<Pending>] => {
  let struck: Fault.Fault | undefined
  const rest = plan.flatMap((pending) => {
    if (struck !== undefined || !strikes(pending, request)) return [pending]
    if (pending.skip > 0) return [{ ...pending, skip: pending.skip - 1 }]
    if (pending.times < 1) return []
    struck = pending.fault
    return pending.times > 1 ? [{ ...pending, times: pending.times - 1 }] : []
  })
  return [struck, rest]
}

export const isBooked = (fault: Fault.Fault): boolean =>
  fault.booked ?? (fault.fault.kind === "cut" || fault.fault.kind === "task-fails")

/** What is sent in place of the real reply. */
export const disturb = ({ fault }: Fault.Fault, real: Wire.WireReply): Wire.WireReply => {
  switch (fault.kind) {
    case "reply":
      return fault.reply
    case "drop":
      return Wire.nothing(fault.end)
    case "cut":
      return Wire.cut(real, fault.end)
    case "stall":
      return Wire.nothing("stall")
    case "task-fails":
      return real
  }
}
