/**
 * Faults as data: on which route, at which requests, what happens in place of the reply, and whether the request is
 * carried out all the same. Nothing here runs; `Simulator.inject` takes them.
 *
 * @since 0.1.0
 */
import * as Wire from "./Wire.js"

/**
 * What happens in place of the reply: another reply, no reply, half of the real reply, silence, or a task that fails.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind =
  | { readonly kind: "reply"; readonly reply: Wire.WireReply }
  | { readonly kind: "drop"; readonly end: "close" | "reset" }
  | { readonly kind: "cut"; readonly end: "close" | "reset" | "stall" }
  | { readonly kind: "stall" }
  | { readonly kind: "task-fails"; readonly message: string }

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
  /** Whether the struck request is carried out and charged. Default true for `cut` and `task-fails`, else false. */
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
 * The page nginx sends when the server behind it gives no usable answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nginx502: Wire.WireReply = Wire.html(
  502,
  [
    "<html>",
    "<head><title>502 Bad Gateway</title></head>",
    "<body>",
    "<center><h1>502 Bad Gateway</h1></center>",
    "<hr><center>nginx</center>",
    "</body>",
    "</html>",
    ""
  ].join("\r\n"),
  { server: "nginx" }
)

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
