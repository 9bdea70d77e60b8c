/** The faults that have a name: where each can happen, what it is, and whether it may be booked. */
import type * as Fault from "../Fault.js"
import * as Wire from "../Wire.js"
import * as Booking from "./booking.js"
import * as GatewayPages from "./gatewayPages.js"
import * as RetryAfterReplies from "./retryAfterReplies.js"
import * as Rewrites from "./rewrites.js"
import * as StatusReplies from "./statusReplies.js"

export const phases = ["submit", "poll", "file", "read", "webhook"] as const

export type Phase = (typeof phases)[number]

const webhookFates = ["lost", "late", "doubled", "forged"] as const

/** What becomes of a webhook. */
export type WebhookFate = (typeof webhookFates)[number]

export type Name =
  | StatusReplies.Name
  | keyof typeof GatewayPages.all
  | keyof typeof RetryAfterReplies.all
  | Rewrites.Name
  | "key-missing"
  | `unsuccessful-${"plain" | "code" | "status" | "pace"}`
  | `redirect-${(typeof redirects)[number]}`
  | "poll-busy"
  | "file-expired"
  | `reset${"" | "-unread"}`
  | "close"
  | `cut-${"close" | "reset"}`
  | `stall${"" | "-half" | "-503"}`
  | "garbled"
  | "drip"
  | `task-${"fails" | "never-ends"}`
  | `charged-${"500" | "502" | "reset"}`
  | `webhook-${WebhookFate}`

/** Where a fault can happen. */
export type PhaseOf<N extends Name> = N extends `webhook-${string}`
  ? "webhook"
  : N extends "task-fails" | "task-never-ends" | `charged-${string}`
    ? "submit"
    : N extends "poll-busy" | "task-status-unknown"
      ? "poll"
      : N extends "file-expired"
        ? "file"
        : Exclude<Phase, "webhook" | (N extends `redirect-${string}` ? "file" : never)>

export interface Entry {
  readonly name: Name
  readonly on: ReadonlyArray<Phase>
  readonly kind: Fault.Kind | { readonly kind: "webhook"; readonly fate: WebhookFate }
  /** `either`: as the plan says. */
  readonly booking: "never" | "always" | "either"
}

const everywhere: Entry["on"] = ["submit", "poll", "file", "read"]

const reply = (name: Name, answer: Wire.WireReply, on = everywhere): Entry => ({
  name,
  on,
  kind: { kind: "reply", reply: answer },
  booking: Booking.isRejected(answer) ? "never" : "either"
})

const entry = (name: Name, kind: Entry["kind"], booking: Entry["booking"], on = everywhere): Entry => ({
  name,
  on,
  kind,
  booking
})

/** `Object.entries` that keeps the names. */
const named = <K extends string, A>(record: Readonly<Record<K, A>>, make: (name: K, value: A) => Entry) => {
  const entries: Array<Entry> = []
  for (const name in record) entries.push(make(name, record[name]))
  return entries
}

const unsuccessful = (body: Readonly<Record<string, unknown>>) => Wire.json(200, { success: false, ...body })

const redirects = [302, 303, 307] as const

/** To a read that succeeds: a client that follows gives itself away. */
const redirect = (status: number) => Wire.bytes(status, "text/plain", new Uint8Array(0), { location: "/v1/credits" })

/** All that it has to say, under a length that is never reached. */
const unended: Wire.WireReply = {
  head: { status: 503, headers: { "content-type": "application/json", "content-length": "4096" } },
  chunks: StatusReplies.make(503, "error").chunks,
  end: "stall"
}

/** What another kind of server greets with. */
const garbled: Wire.WireReply = {
  chunks: [],
  end: "close",
  surplus: new TextEncoder().encode("220 mail.example ESMTP\r\n")
}

const busy = unsuccessful({ message: "Task polling temporarily busy" })

const replies: ReadonlyArray<Entry> = [
  ...StatusReplies.statuses.flatMap((status) =>
    StatusReplies.shapes.map((shape) => reply(`status-${status}-${shape}`, StatusReplies.make(status, shape)))
  ),
  ...named(GatewayPages.all, (name, page) => reply(name, page)),
  ...named(RetryAfterReplies.all, (name, make) =>
    entry(name, { kind: "rewrite", rewrite: (_, now) => make(now) }, "never")
  ),
  reply("key-missing", Wire.json(401, { success: false, error: "Missing API key" })),
  reply("unsuccessful-plain", unsuccessful({ error: "Something went wrong" })),
  reply("unsuccessful-code", unsuccessful({ error: "Service unavailable", code: 503 })),
  reply("unsuccessful-status", unsuccessful({ error: "Service unavailable", status: 503 })),
  reply("unsuccessful-pace", unsuccessful({ error: "Too many requests, slow down" })),
  ...redirects.map((status) => reply(`redirect-${status}`, redirect(status), ["submit", "poll", "read"])),
  reply("poll-busy", busy, ["poll"]),
  reply("file-expired", Wire.text(403, "This URL has expired"), ["file"])
]

/** Where the real reply is seen whole, a request that was not carried out would be answered with a lie. */
const bookingOf = (name: Rewrites.Name): Entry["booking"] =>
  name === "body-empty" || name === "body-cut" || name === "length-short" ? "either" : "always"

const rewrites: ReadonlyArray<Entry> = named(Rewrites.all, (name, rewrite) => {
  const on: Entry["on"] = name === "task-status-unknown" ? ["poll"] : everywhere
  return entry(name, { kind: "rewrite", rewrite }, bookingOf(name), on)
})

const connections: ReadonlyArray<Entry> = [
  entry("reset-unread", { kind: "unread" }, "never"),
  entry("reset", { kind: "drop", end: "reset" }, "either"),
  entry("close", { kind: "drop", end: "close" }, "either"),
  entry("cut-close", { kind: "cut", end: "close" }, "either"),
  entry("cut-reset", { kind: "cut", end: "reset" }, "either"),
  entry("stall", { kind: "stall" }, "either"),
  entry("stall-half", { kind: "cut", end: "stall" }, "either"),
  reply("stall-503", unended),
  reply("garbled", garbled),
  entry("drip", { kind: "drip" }, "always")
]

const submits: ReadonlyArray<Entry> = [
  entry("task-fails", { kind: "task-fails", message: "Generation failed" }, "always", ["submit"]),
  entry("task-never-ends", { kind: "task-never-ends" }, "always", ["submit"]),
  entry("charged-500", { kind: "reply", reply: StatusReplies.make(500, "error") }, "always", ["submit"]),
  entry("charged-502", { kind: "reply", reply: StatusReplies.make(502, "error") }, "always", ["submit"]),
  entry("charged-reset", { kind: "drop", end: "reset" }, "always", ["submit"])
]

const webhooks: ReadonlyArray<Entry> = webhookFates.map((fate) =>
  entry(`webhook-${fate}`, { kind: "webhook", fate }, "always", ["webhook"])
)

export const all: ReadonlyArray<Entry> = [...replies, ...rewrites, ...connections, ...submits, ...webhooks]

const byName: ReadonlyMap<Name, Entry> = new Map(all.map((one) => [one.name, one]))

export const find = (name: Name): Entry | undefined => byName.get(name)

interface Strike {
  readonly on: Phase
  readonly fault: Name
  readonly booked?: boolean
}

/** Why a strike can't be what it says, and what to write in its place. */
export const problemOf = ({ booked, fault, on }: Strike): string | undefined => {
  const entry = find(fault)
  if (entry === undefined) return `${fault} is not the name of a fault`
  if (!entry.on.includes(on)) return `${fault} never strikes a ${on}: strike a ${entry.on.join(", ")} with it`
  const { booking } = entry
  if (booking === "either" || booked === undefined || booked === (booking === "always")) return undefined
  return `a request struck by ${fault} is ${booking} booked: leave out booked: ${booked}`
}
