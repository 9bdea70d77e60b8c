/** When a struck request is booked: as the plan says, but never against what the reply says. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Fault from "../Fault.js"
import * as Wire from "../Wire.js"
import * as GatewayPages from "./gatewayPages.js"

/** Replies that are longer hold a file and no verdict. */
const longestVerdict = 8192

const textOf = (reply: Wire.WireReply): string => {
  const length = reply.chunks.reduce((total, chunk) => total + chunk.length, 0)
  return length > longestVerdict ? "" : new TextDecoder().decode(Wire.body(reply))
}

const saysUnsuccessful = (text: string): boolean =>
  Either.match(
    Either.try((): unknown => JSON.parse(text)),
    { onLeft: () => false, onRight: (json) => Predicate.hasProperty(json, "success") && json.success === false }
  )

/** Whether a reply says that the request was not taken on. */
export const isRejected = (reply: Wire.WireReply): boolean => {
  const status = reply.head?.status ?? 0
  if (status >= 300 && status < 500) return status !== 303
  if (status === 503) return !GatewayPages.saysUpstreamLost(textOf(reply))
  return status >= 200 && status < 300 && saysUnsuccessful(textOf(reply))
}

/** Kinds that show the real reply, or the task that the request made. */
const showsReality: Readonly<Record<Fault.Kind["kind"], boolean>> = {
  reply: false,
  drop: false,
  stall: false,
  unread: false,
  cut: true,
  drip: true,
  rewrite: true,
  "task-fails": true,
  "task-never-ends": true
}

/** Whether a request that met this fault, and so this reply, is carried out. */
export const isBooked = (kind: Fault.Kind, booked: boolean | undefined, reply: Wire.WireReply): boolean =>
  kind.kind !== "unread" && !isRejected(reply) && (booked ?? showsReality[kind.kind])
