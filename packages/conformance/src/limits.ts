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

const ofFetch: ReadonlyArray<Limit> = [nameless, unproven]

export type Runtime = "node" | "fetch" | "bun" | "deno" | "workerd"

export const limits: Readonly<Record<Runtime, ReadonlyArray<Limit>>> = {
  node: [],
  fetch: ofFetch,
  bun: ofFetch,
  deno: ofFetch,
  workerd: ofFetch
}
