/** What each runtime is known not to do, and why. A row that is named here must be seen to differ just so. */
import type { Observation } from "./Case.js"
import type { Limit } from "./Limit.js"

const unnamed: Partial<Observation> = { cause: "unknown" }

const nameless: Limit = {
  differs: "A connection that fails has no name: `code` is `unknown`.",
  why: "`fetch` reports every such failure as one `TypeError`; what stands in it is each runtime's own.",
  rows: {
    "errors: a refused connection": unnamed,
    "errors: no TLS where it is expected": unnamed,
    "errors: a reset before the request was read": unnamed,
    "errors: a reset": unnamed,
    "errors: a close": unnamed
  }
}

const maybeSent: Partial<Observation> = { outcome: "unknown" }
const maybeSentOnce: Partial<Observation> = { outcome: "unknown", stopped: "once-unknown", isRetryable: false }

const unproven: Limit = {
  differs: "Of a request that never left it is not known that it did not: the outcome is `unknown`.",
  why: "`fetch` does not tell when a request begins to leave, so a billed one is not sent again.",
  rows: {
    "outcomes: a refused connection, on a safe route": maybeSent,
    "outcomes: a refused connection, on a once route": maybeSentOnce,
    "outcomes: no TLS where it is expected, on a safe route": maybeSent,
    "outcomes: no TLS where it is expected, on a once route": maybeSentOnce
  }
}

const answered = { result: "success", cause: undefined, isTransient: undefined } as const
const sentTwice: Partial<Observation> = { ...answered, requests: 2 }
const hidden = (rows: Limit["rows"]): Limit => ({
  differs: "When a connection that was kept open breaks, a read is sent again at once, and no attempt tells of it.",
  why: "The runtime's own `fetch` does so; billed requests and uploads it sends once.",
  rows
})

const lostRead: Partial<Observation> = {
  result: "success",
  outcome: undefined,
  stopped: undefined,
  isRetryable: undefined,
  requests: 2
}

/** On a reset. */
const resent: Limit["rows"] = {
  "errors: a reset before the request was read": sentTwice,
  "errors: a file whose connection is reset": { ...answered, requests: 4 },
  "outcomes: a reset, on a safe route": lostRead,
  "policies: none, a read: reset": { requests: 2 }
}

/** On each broken connection, once. */
const resentOnce = hidden({
  ...resent,
  "errors: a reset": sentTwice,
  "errors: a close": sentTwice,
  "outcomes: a close, on a safe route": lostRead,
  "outcomes: a reset before the request was read, on a safe route": lostRead,
  "policies: standard, a read: two resets": { waits: [100] },
  "policies: a schedule of one's own, a read: two lost replies": { waits: [20] }
})

const resentTwice = hidden({
  ...resent,
  "policies: standard, a read: two resets": { waits: [] },
  "policies: a schedule of one's own, a read: two lost replies": { waits: [] }
})

const deletion: Limit = {
  differs: "A deletion whose reply was lost fails with `NotFoundError`, although the voice is gone.",
  why: "The runtime's own `fetch` sends it again, so the 404 that answers looks like that of the first try.",
  rows: {
    "policies: standard, a deletion: a lost reply, and 404 when it is sent again": { result: "NotFoundError" }
  }
}

const ofFetch: ReadonlyArray<Limit> = [nameless, unproven]

export type Runtime = "node" | "fetch" | "bun" | "deno" | "workerd"

export const limits: Readonly<Record<Runtime, ReadonlyArray<Limit>>> = {
  node: [],
  fetch: ofFetch,
  bun: [resentOnce, ...ofFetch],
  deno: [resentOnce, deletion, ...ofFetch],
  workerd: [resentTwice, deletion, ...ofFetch]
}
