/** All that a simulator knows at one moment, as a value: the service's state, the faults to come, and what arrived. */
import * as Chunk from "effect/Chunk"
import * as Option from "effect/Option"
import type * as Arrival from "../Arrival.js"
import type * as Ledger from "../Ledger.js"
import * as Wire from "../Wire.js"
import * as Agenda from "./agenda.js"
import * as Booking from "./booking.js"
import * as FaultPlan from "./faultPlan.js"
import type { Answer, Route, Settings } from "./route.js"
import * as Service from "./service.js"
import * as State from "./state.js"
import * as Task from "./task.js"

export interface World {
  readonly state: State.State
  readonly faults: ReadonlyArray<FaultPlan.Pending>
  readonly arrivals: Chunk.Chunk<Arrival.Arrival>
}

export const start = (balance: number, faults: ReadonlyArray<FaultPlan.Pending>): World => ({
  state: State.make(balance),
  faults,
  arrivals: Chunk.empty()
})

export const inject = (world: World, faults: ReadonlyArray<FaultPlan.Pending>): World => ({
  ...world,
  faults: [...world.faults, ...faults]
})

/** What does not change while a simulator runs. */
export interface Fixed {
  readonly keys: Service.Keys
  readonly settings: Settings
}

const nextNumber = (world: World): number => Chunk.size(world.arrivals) + 1

type Seen = Pick<Arrival.Arrival, "at" | "fault" | "webhookFault">

const arrivalOf = (world: World, request: Wire.WireRequestHead, reply: Wire.WireReply, seen: Seen): Arrival.Arrival => {
  const route = Service.find(request)?.route
  return {
    ...seen,
    number: nextNumber(world),
    route: route?.template ?? "unknown",
    phase: Service.phaseOf(route),
    method: request.method,
    target: request.target,
    hasKey: request.headers.authorization !== undefined,
    status: reply.head?.status,
    isRejected: Booking.isRejected(reply)
  }
}

const fateOf = (world: World, kind: FaultPlan.Struck["kind"] | undefined): State.Fate => ({
  taskFailure: kind?.kind === "task-fails" ? kind.message : undefined,
  taskNeverEnds: kind?.kind === "task-never-ends",
  webhook: FaultPlan.webhookFate(world.faults)
})

/** What is known of a request before it is answered. */
interface Before {
  readonly route: Route | undefined
  readonly noted: Service.Noted
  readonly state: State.State
}

/** The real answer, or what a fault makes of it: a request that is not carried out leaves the state from before. */
const disturbed = (
  struck: FaultPlan.Struck | undefined,
  real: Answer,
  dripMillis: number,
  { noted, route, state }: Before
): Answer => {
  if (struck === undefined) return real
  const reply = FaultPlan.disturb(struck.kind, real.reply, { now: noted.now, dripMillis })
  return Booking.isBooked(struck.kind, struck.booked, reply)
    ? { reply, state: real.state }
    : Service.noteRefusal({ reply, state }, route, noted)
}

export interface Responded {
  readonly reply: Wire.WireReply
  /** Whether a task was added whose end is to be told. */
  readonly isNoticeAdded: boolean
}

/** Answers a request. */
export const respond =
  ({ keys, settings }: Fixed, request: Wire.WireRequest, now: number) =>
  (world: World): readonly [Responded, World] => {
    const found = Service.find(request)
    const [struck, rest] = FaultPlan.next(world.faults, request, Service.phaseOf(found?.route))
    const noted = { now, number: nextNumber(world) }
    const unchanged = State.settle(world.state, now)
    const fate = fateOf(world, struck?.kind)
    const real = Service.answer(keys, found, { request, settings, state: unchanged, fate, ...noted })
    const before = { route: found?.route, noted, state: unchanged }
    const { reply, state } = disturbed(struck, real, settings.dripMillis, before)
    const isHooked = state.webhooks > unchanged.webhooks
    const webhookFault = isHooked && fate.webhook !== undefined ? (`webhook-${fate.webhook}` as const) : undefined
    const arrival = arrivalOf(world, request, reply, { at: now, fault: struck?.name, webhookFault })
    return [
      { reply, isNoticeAdded: state.notices.added > unchanged.notices.added },
      {
        state,
        faults: isHooked ? FaultPlan.afterWebhook(rest) : rest,
        arrivals: Chunk.append(world.arrivals, arrival)
      }
    ]
  }

/** Whether a request may be read. One that may not has arrived with its head, and that was all. */
export const admit =
  (head: Wire.WireRequestHead, now: number) =>
  (world: World): readonly [boolean, World] => {
    const [struck, faults] = FaultPlan.next(world.faults, head, Service.phaseOf(Service.find(head)?.route))
    if (struck?.kind.kind !== "unread") return [true, world]
    const arrival = arrivalOf(world, head, Wire.unread, { at: now, fault: struck.name, webhookFault: undefined })
    return [false, { ...world, faults, arrivals: Chunk.append(world.arrivals, arrival) }]
  }

export const ledger = (world: World, opening: number, now: number): Ledger.Ledger => ({
  opening,
  entries: Chunk.toReadonlyArray(State.settle(world.state, now).entries)
})

export interface Delivered {
  readonly at: number
  readonly url: string
  readonly taskId: string
  readonly body: string
}

/** The earliest delivery that is due by now, taken out; or the milliseconds until there is one. */
export const deliver =
  ({ settings }: Fixed, now: number) =>
  (world: World): readonly [Delivered | number, World] =>
    Option.match(Agenda.first(world.state.notices), {
      onNone: () => [Number.POSITIVE_INFINITY, world] as const,
      onSome: ({ at, item: { isForged, task, url }, rest }) => {
        if (at > now) return [at - now, world] as const
        const shown = isForged ? Task.forgery(task) : Task.view(task, settings, at)
        return [
          { at, url, taskId: task.id, body: JSON.stringify(shown) },
          { ...world, state: { ...world.state, notices: rest } }
        ] as const
      }
    })
