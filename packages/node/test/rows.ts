/**
 * What an error says and what is sent again, as rows: what a call meets, and what the client, the service behind and its
 * ledger then show. They hold for a client that asks the service directly; where a proxy between them shows something
 * else by its nature, its column says so.
 */
import type * as Faults from "@effect-cheapai/simulator/Faults"
import * as Wire from "@effect-cheapai/simulator/Wire"
import {
  again,
  againButDocumented,
  type Counts,
  documentedAlone,
  failed,
  failedButDocumented,
  forGood,
  maybeDone,
  maybeFailed,
  never,
  ownAlone,
  type Stops,
  tooLong,
  triesUsed,
  unknown,
  usual,
  whateverThePolicy
} from "./byPolicy.js"

/** Of a call that fails. */
export interface Failure {
  readonly _tag?: string
  readonly outcome: "not-sent" | "rejected" | "failed" | "unknown"
  readonly status?: number
  readonly code?: string
  readonly reason?: string
  readonly source?: "service" | "gateway"
}

export interface Seen {
  readonly error: Failure
  /** Requests that the client counts. */
  readonly requests: Counts
  /** Default what goes with the requests. */
  readonly stops?: Stops
  /** Those that the service saw. Default all. */
  readonly arrived?: Counts
  /** Default one for each that arrived where the row says that they are carried out, else none. */
  readonly charges?: Counts
}

/** `submit` and `clone` are billed and sent once, the second without a task; `price` is a read although a POST. */
export type Call = "credits" | "price" | "remove" | "submit" | "clone" | "incomplete submit"

export interface Row extends Seen {
  readonly call: Call
  /** What strikes its requests: a fault by name, a reply in place of the real one, or that there is no service. */
  readonly meets: Faults.Name | Wire.WireReply | "no service"
  /** How many requests are struck: a call that sends more succeeds. Default all. */
  readonly times?: number
  /** Whether those that are struck are carried out all the same. Default false. */
  readonly isCarriedOut?: boolean
  /** Whether the service falls silent, so that whoever waits for it must lose patience. Default false. */
  readonly isSilent?: boolean
  readonly nginx?: Partial<Seen>
  readonly haproxy?: Partial<Seen>
}

export const stopsOf = ({ requests, stops }: Seen): Stops => stops ?? usual.get(requests) ?? forGood

const failure =
  (outcome: Failure["outcome"]) =>
  (_tag: string, facts: Omit<Failure, "_tag" | "outcome"> = {}): Failure => ({ _tag, outcome, ...facts })
const notSent = failure("not-sent")
const rejected = failure("rejected")
const broken = failure("failed")
const lost = failure("unknown")

const gateway = { source: "gateway" } as const
const service = { source: "service" } as const

const redirect = (status: number): Wire.WireReply => Wire.text(status, "", { location: "/elsewhere" })
const transport = (code: string): Failure => lost("TransportError", { code })

/** What a proxy answers to a request whose service gave no usable reply, and to one whose service was silent. */
const badGateway = { error: lost("ProcessingError", { status: 502, ...gateway }) }
const gatewayTimeout = { error: lost("UnexpectedStatusError", { status: 504, ...gateway }) }

const notSentRows: ReadonlyArray<Row> = [
  { call: "incomplete submit", meets: "status-503-error", error: notSent("InvalidInputError"), requests: never },
  {
    call: "submit",
    meets: "no service",
    error: notSent("TransportError", { code: "refused" }),
    requests: again,
    arrived: never,
    // nginx does not say whether it had a connection, HAProxy does.
    nginx: { ...badGateway, requests: unknown },
    haproxy: { error: rejected("ServiceUnavailableError", { status: 503, ...gateway }) }
  },
  {
    call: "credits",
    meets: "no service",
    error: notSent("TransportError", { code: "refused" }),
    requests: again,
    arrived: never,
    nginx: badGateway,
    haproxy: { error: rejected("ServiceUnavailableError", { status: 503, ...gateway }) }
  }
]

const refusals = [
  ["status-400-error", "BadRequestError"],
  ["status-400-html", "BadRequestError"],
  ["status-401-error", "UnauthorizedError"],
  ["status-402-object", "InsufficientBalanceError"],
  ["status-403-error", "ForbiddenError"],
  ["status-404-message", "NotFoundError"],
  ["status-409-error", "UnexpectedStatusError"],
  ["status-413-html", "UnexpectedStatusError"],
  ["status-422-error", "UnexpectedStatusError"]
] as const

const rejectedRows: ReadonlyArray<Row> = [
  ...refusals.flatMap(
    ([meets, tag]): ReadonlyArray<Row> => [
      { call: "submit", meets, error: rejected(tag), requests: ownAlone },
      { call: "credits", meets, error: rejected(tag), requests: ownAlone }
    ]
  ),
  ...[301, 302, 307, 308].map(
    (status): Row => ({
      call: "submit",
      meets: redirect(status),
      error: rejected("UnexpectedStatusError", { status }),
      requests: ownAlone
    })
  ),
  { call: "credits", meets: redirect(302), error: rejected("UnexpectedStatusError"), requests: ownAlone },
  { call: "submit", meets: "status-408-error", error: rejected("UnexpectedStatusError"), requests: againButDocumented },
  {
    call: "credits",
    meets: "status-408-empty",
    error: rejected("UnexpectedStatusError"),
    requests: againButDocumented
  },
  {
    call: "submit",
    meets: "status-429-error",
    error: rejected("RateLimitedError", { reason: "pace" }),
    requests: again
  },
  { call: "credits", meets: "status-429-html", error: rejected("RateLimitedError"), requests: again },
  {
    call: "submit",
    meets: Wire.json(429, { success: false, error: "Daily spend limit reached" }),
    error: rejected("RateLimitedError", { reason: "daily-limit" }),
    requests: documentedAlone
  },
  {
    call: "submit",
    meets: "retry-after-far",
    error: rejected("RateLimitedError"),
    requests: documentedAlone,
    stops: tooLong
  },
  {
    call: "credits",
    meets: "retry-after-far",
    error: rejected("RateLimitedError"),
    requests: documentedAlone,
    stops: tooLong
  },
  { call: "submit", meets: "status-503-error", error: rejected("ServiceUnavailableError", service), requests: again },
  { call: "submit", meets: "status-503-cut", error: rejected("ServiceUnavailableError", gateway), requests: again },
  { call: "submit", meets: "page-nginx-503", error: rejected("ServiceUnavailableError", gateway), requests: again },
  { call: "submit", meets: "page-envoy-no-upstream", error: rejected("ServiceUnavailableError"), requests: again },
  { call: "credits", meets: "page-haproxy-503", error: rejected("ServiceUnavailableError"), requests: again },
  { call: "submit", meets: "unsuccessful-plain", error: rejected("UnsuccessfulResponseError"), requests: ownAlone },
  {
    call: "submit",
    meets: "unsuccessful-pace",
    error: rejected("UnsuccessfulResponseError"),
    requests: againButDocumented
  },
  {
    call: "submit",
    meets: "unsuccessful-code",
    error: rejected("UnsuccessfulResponseError"),
    requests: againButDocumented
  }
]

const failedRows: ReadonlyArray<Row> = [
  { call: "submit", meets: "status-500-error", error: broken("InternalError", service), requests: failed },
  { call: "submit", meets: "status-502-object", error: broken("ProcessingError", service), requests: failed },
  { call: "submit", meets: "charged-502", isCarriedOut: true, error: broken("ProcessingError"), requests: failed },
  { call: "clone", meets: "status-502-message", error: broken("ProcessingError"), requests: failed },
  { call: "credits", meets: "status-500-object", error: broken("InternalError"), requests: again },
  { call: "submit", meets: "status-501-error", error: broken("UnexpectedStatusError"), requests: ownAlone },
  { call: "submit", meets: "status-520-error", error: broken("UnexpectedStatusError"), requests: failedButDocumented },
  { call: "credits", meets: "status-529-error", error: broken("UnexpectedStatusError"), requests: againButDocumented }
]

/** A reply that breaks off has begun: proxies pass on what they have, and then end the connection. */
const brokenOff: ReadonlyArray<Pick<Row, "meets" | "isSilent" | "error" | "nginx" | "haproxy">> = [
  { meets: "cut-close", error: transport("body") },
  { meets: "cut-reset", error: transport("body") },
  {
    meets: "stall-half",
    isSilent: true,
    error: lost("TimeoutError"),
    nginx: { error: transport("body") },
    haproxy: { error: transport("body") }
  }
]

/** A reply that never begins. */
const noReply = [
  ["reset", "reset"],
  ["close", "closed"]
] as const

const unknownRows: ReadonlyArray<Row> = [
  {
    call: "submit",
    meets: "stall",
    isSilent: true,
    isCarriedOut: true,
    error: lost("TimeoutError"),
    requests: unknown,
    nginx: { ...gatewayTimeout, requests: whateverThePolicy, stops: maybeDone },
    haproxy: { ...gatewayTimeout, requests: whateverThePolicy, stops: maybeDone }
  },
  {
    call: "credits",
    meets: "stall",
    isSilent: true,
    error: lost("TimeoutError"),
    requests: again,
    nginx: { ...gatewayTimeout, requests: againButDocumented },
    haproxy: { ...gatewayTimeout, requests: againButDocumented }
  },
  ...noReply.flatMap(([meets, code]): ReadonlyArray<Row> => {
    const met = { meets, error: transport(code), nginx: badGateway }
    return [
      { call: "submit", ...met, isCarriedOut: true, requests: unknown, haproxy: badGateway },
      // To a connection's second request HAProxy says nothing and closes, so that the client asks again.
      { call: "credits", ...met, requests: again, haproxy: { error: { outcome: "unknown" } } }
    ]
  }),
  ...brokenOff.flatMap(
    (met): ReadonlyArray<Row> => [
      { call: "submit", ...met, isCarriedOut: true, requests: unknown },
      { call: "credits", ...met, requests: again }
    ]
  ),
  {
    call: "submit",
    meets: "reset-unread",
    error: transport("reset"),
    requests: unknown,
    nginx: badGateway,
    haproxy: badGateway
  },
  {
    call: "clone",
    meets: "reset",
    isCarriedOut: true,
    error: transport("reset"),
    requests: unknown,
    nginx: badGateway,
    haproxy: badGateway
  },
  ...([500, 502] as const).flatMap((status) =>
    (["empty", "text", "html", "cut"] as const).map(
      (shape): Row => ({
        call: "submit",
        meets: `status-${status}-${shape}`,
        isCarriedOut: true,
        error: lost(status === 500 ? "InternalError" : "ProcessingError", gateway),
        requests: unknown
      })
    )
  ),
  ...(["page-nginx-504", "page-cloudflare-520", "page-cloudflare-524", "status-504-error"] as const).map(
    (meets): Row => ({
      call: "submit",
      meets,
      isCarriedOut: true,
      error: lost("UnexpectedStatusError"),
      requests: whateverThePolicy,
      stops: maybeDone
    })
  ),
  ...[521, 522, 523].flatMap((status): ReadonlyArray<Row> => {
    const met = { meets: Wire.text(status, "<html>"), error: lost("UnexpectedStatusError", { status, ...gateway }) }
    return [
      { call: "submit", ...met, requests: whateverThePolicy, stops: maybeDone },
      { call: "credits", ...met, requests: againButDocumented }
    ]
  }),
  { call: "credits", meets: "page-nginx-502", error: lost("ProcessingError", gateway), requests: again },
  { call: "credits", meets: "page-cloudflare-524", error: lost("UnexpectedStatusError"), requests: againButDocumented },
  ...(["page-envoy-reset", "page-varnish-503"] as const).map(
    (meets): Row => ({
      call: "submit",
      meets,
      isCarriedOut: true,
      error: lost("ServiceUnavailableError", gateway),
      requests: unknown
    })
  ),
  {
    call: "submit",
    meets: redirect(303),
    isCarriedOut: true,
    error: lost("UnexpectedStatusError"),
    requests: whateverThePolicy
  },
  { call: "credits", meets: redirect(303), error: lost("UnexpectedStatusError"), requests: ownAlone },
  {
    call: "submit",
    meets: "body-empty",
    isCarriedOut: true,
    error: lost("InvalidResponseError"),
    requests: whateverThePolicy
  },
  {
    call: "submit",
    meets: "body-cut",
    isCarriedOut: true,
    error: lost("InvalidResponseError"),
    requests: whateverThePolicy
  },
  {
    call: "clone",
    meets: "body-empty",
    isCarriedOut: true,
    error: lost("InvalidResponseError"),
    requests: whateverThePolicy
  }
]

/** The first request alone is struck. */
const recoveries: ReadonlyArray<Row> = [
  {
    call: "submit",
    meets: "status-503-error",
    times: 1,
    error: rejected("ServiceUnavailableError"),
    requests: [1, 2, 2, 2, 2],
    stops: triesUsed,
    charges: [0, 1, 1, 1, 1]
  },
  {
    call: "submit",
    meets: "status-502-error",
    times: 1,
    error: broken("ProcessingError"),
    requests: [1, 1, 2, 2, 2],
    stops: maybeFailed,
    charges: [0, 0, 1, 1, 1]
  },
  {
    call: "submit",
    meets: "charged-500",
    times: 1,
    isCarriedOut: true,
    error: broken("InternalError"),
    requests: [1, 1, 2, 2, 2],
    stops: maybeFailed
  },
  {
    call: "submit",
    meets: "charged-reset",
    times: 1,
    isCarriedOut: true,
    error: transport("reset"),
    requests: [1, 1, 1, 2, 1],
    stops: maybeDone,
    nginx: badGateway,
    haproxy: badGateway
  },
  ...(["credits", "price", "remove"] as const).map(
    (call): Row => ({
      call,
      meets: "close",
      times: 1,
      isCarriedOut: true,
      error: transport("closed"),
      requests: [1, 2, 2, 2, 2],
      stops: triesUsed,
      charges: never,
      nginx: badGateway,
      haproxy: badGateway
    })
  )
]

export const rows: ReadonlyArray<Row> = [...notSentRows, ...rejectedRows, ...failedRows, ...unknownRows, ...recoveries]
