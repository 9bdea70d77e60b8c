/**
 * Faults as data: on which route, at which requests, what happens in place of the reply, and whether the request is
 * carried out all the same. Nothing here runs; `Simulator.inject` takes them.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as GatewayPages from "./internal/gatewayPages.js"
import * as Wire from "./Wire.js"

/**
 * What happens in place of the reply: another reply, no reply (to a request that was read or not), half of the real
 * reply, silence, the real reply in drops or rewritten, or a task that fails or never ends.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind =
  | { readonly kind: "reply"; readonly reply: Wire.WireReply }
  | { readonly kind: "drop"; readonly end: "close" | "reset" }
  | { readonly kind: "cut"; readonly end: "close" | "reset" | "stall" }
  | { readonly kind: "stall" }
  | { readonly kind: "unread" }
  | { readonly kind: "drip"; readonly pause?: Duration.DurationInput }
  | { readonly kind: "rewrite"; readonly rewrite: Rewrite }
  | { readonly kind: "task-fails"; readonly message: string }
  | { readonly kind: "task-never-ends" }

/**
 * Another reply made of the real one; `now` is in milliseconds of Effect's Clock.
 *
 * @since 0.1.0
 * @category models
 */
export type Rewrite = (real: Wire.WireReply, now: number) => Wire.WireReply

/**
 * At which requests a fault happens, and whether they are carried out.
 *
 * @since 0.1.0
 * @category models
 */
export interface When {
  /** How many requests of the route pass first. Default 0. */
  readonly skip?: number
  /** How many requests are struck after those. Default 1; `Infinity` for all. */
  readonly times?: number
  /**
   * Whether the request is carried out and charged before the fault strikes. Default true where the real reply or its
   * task is seen (`cut`, `drip`, `rewrite`, `taskFails`, `taskNeverEnds`), else false. Never, whatever is said here, when
   * the request was not read, or when the reply says that it was not taken on: a redirect but 303, a 4xx, a 200 with
   * `success: false`, and a 503, but for one in which a gateway reports that it lost the service after it had passed the
   * request on.
   */
  readonly booked?: boolean
}

/**
 * One scripted fault. `route` is a method and a path template, such as `GET /v1/task/{task_id}`; it need not be a route
 * that the simulator knows. Faults are asked in the order of injection, and a request struck by one is not counted by
 * those after it: two faults on one route strike one after the other.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault extends When {
  readonly route: string
  readonly fault: Kind
}

/**
 * Answers with the given reply, which may itself end badly.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reply = (route: string, answer: Wire.WireReply, when: When = {}): Fault => ({
  ...when,
  route,
  fault: { kind: "reply", reply: answer }
})

/**
 * Ends the connection before a byte of reply, by RST unless told to close.
 *
 * @since 0.1.0
 * @category constructors
 */
export const drop = (route: string, when: When & { readonly end?: "close" | "reset" } = {}): Fault => {
  const { end = "reset", ...rest } = when
  return { ...rest, route, fault: { kind: "drop", end } }
}

/**
 * Sends head and half the body of the real reply, then closes, resets or stalls. The head gives the whole length.
 *
 * @since 0.1.0
 * @category constructors
 */
export const cut = (route: string, when: When & { readonly end?: "close" | "reset" | "stall" } = {}): Fault => {
  const { end = "close", ...rest } = when
  return { ...rest, route, fault: { kind: "cut", end } }
}

/**
 * Takes the request and never answers.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stall = (route: string, when: When = {}): Fault => ({ ...when, route, fault: { kind: "stall" } })

/**
 * Ends the connection by RST before the request has been read: on a port as soon as its head has arrived.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unread = (route: string, when: Omit<When, "booked"> = {}): Fault => ({
  ...when,
  route,
  fault: { kind: "unread" }
})

/**
 * Sends the real reply in eight parts, with a pause before each. Default `dripPause` of the simulator, a second.
 *
 * @since 0.1.0
 * @category constructors
 */
export const drip = (route: string, when: When & { readonly pause?: Duration.DurationInput } = {}): Fault => {
  const { pause, ...rest } = when
  return { ...rest, route, fault: pause === undefined ? { kind: "drip" } : { kind: "drip", pause } }
}

/**
 * Answers with what the function makes of the real reply.
 *
 * @since 0.1.0
 * @category constructors
 */
export const rewrite = (route: string, change: Rewrite, when: When = {}): Fault => ({
  ...when,
  route,
  fault: { kind: "rewrite", rewrite: change }
})

/**
 * Takes the submit and answers it as usual; its task ends in `error` with this message, and the charge is refunded then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const taskFails = (route: string, message: string, when: When = {}): Fault => ({
  ...when,
  route,
  fault: { kind: "task-fails", message }
})

/**
 * Takes the submit, charges it and answers it as usual; its task runs for ever.
 *
 * @since 0.1.0
 * @category constructors
 */
export const taskNeverEnds = (route: string, when: When = {}): Fault => ({
  ...when,
  route,
  fault: { kind: "task-never-ends" }
})

/**
 * The page nginx sends when the server behind it gives no usable answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nginx502: Wire.WireReply = GatewayPages.nginx(502)

/**
 * A 429 for pace, with `retry-after` in seconds when given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const tooManyRequests = (retryAfter?: number): Wire.WireReply =>
  Wire.json(
    429,
    { success: false, error: "Too many requests" },
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }
  )

/**
 * A 503 with the service's own JSON, as in maintenance.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serviceUnavailable: Wire.WireReply = Wire.json(503, { success: false, error: "Service unavailable" })

/**
 * A 200 that is a failure: what a hard-polled task is answered with.
 *
 * @since 0.1.0
 * @category constructors
 */
export const pollingBusy: Wire.WireReply = Wire.json(200, { success: false, message: "Task polling temporarily busy" })

/**
 * A reply that calls itself JSON, is complete by its length, and stops in the middle of a string.
 *
 * @since 0.1.0
 * @category constructors
 */
export const brokenJson = (status: number): Wire.WireReply =>
  Wire.bytes(status, "application/json", new TextEncoder().encode('{"success":false,"error":"Internal serv'))
