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
    "errors: a host name that does not exist": unnamed,
    "errors: bytes that are not HTTP": unnamed,
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
    "outcomes: a host name that does not exist, on a safe route": maybeSent,
    "outcomes: a host name that does not exist, on a once route": maybeSentOnce,
    "outcomes: no TLS where it is expected, on a safe route": maybeSent,
    "outcomes: no TLS where it is expected, on a once route": maybeSentOnce
  }
}

const brokenBehind: Limit = {
  differs: "Of a reply whose connection breaks right behind it, all is read or nothing, by chance.",
  why: "`fetch` drops what has come, and is not read yet, when the connection fails.",
  rows: { "errors: a whole reply on a connection that breaks": [{ result: "success" }, { result: "TransportError" }] }
}

const answered = { result: "success", cause: undefined, isTransient: undefined } as const
const sentTwice: Partial<Observation> = { ...answered, requests: 2 }

const lostRead: Partial<Observation> = {
  result: "success",
  outcome: undefined,
  stopped: undefined,
  isRetryable: undefined,
  requests: 2
}

const resent: Limit = {
  differs: "When a connection that was kept open breaks, a read is sent again at once, and no attempt tells of it.",
  why: "The runtime's own `fetch` does so; billed requests and uploads it sends once.",
  rows: {
    "errors: a reset before the request was read": sentTwice,
    "errors: a reset": sentTwice,
    "errors: a close": sentTwice,
    "errors: a file whose connection is reset": { ...answered, requests: 4 },
    "outcomes: a reset, on a safe route": lostRead,
    "outcomes: a close, on a safe route": lostRead,
    "outcomes: a reset before the request was read, on a safe route": lostRead,
    "policies: none, a read: reset": { requests: 2 },
    "policies: standard, a read: two resets": { waits: [100] },
    "policies: a schedule of one's own, a read: two lost replies": { waits: [20] }
  }
}

const deletion: Limit = {
  differs: "A deletion whose reply was lost fails with `NotFoundError`, although the voice is gone.",
  why: "The runtime's own `fetch` sends it again, so the 404 that answers looks like that of the first try.",
  rows: {
    "policies: standard, a deletion: a lost reply, and 404 when it is sent again": { result: "NotFoundError" }
  }
}

/** What a page in Chromium can't see, or can't prevent. */
const hiddenRedirect: Limit = {
  differs: "A redirect is seen as one, but not which: the outcome is `unknown`.",
  why: "A page's `fetch` hides the status of a redirect that it does not follow.",
  rows: {
    "outcomes: a 302, not followed, on a safe route": { outcome: "unknown" },
    "outcomes: a 302, not followed, on a once route": { outcome: "unknown" },
    "outcomes: a 307, not followed, on a safe route": { outcome: "unknown" },
    "outcomes: a 307, not followed, on a once route": { outcome: "unknown" }
  }
}

const resentByChromium: Limit = {
  differs:
    "When a connection that was kept open breaks, or 408 comes on it, the request is sent again at once, a billed one too, and no attempt tells of it.",
  why: "Chromium's network does so below `fetch`; a server of one's own that closes each connection keeps it from that.",
  rows: {
    "errors: status 408": {
      requests: 2,
      result: "success",
      status: undefined,
      isTransient: undefined,
      source: undefined
    },
    "errors: a reset before the request was read": {
      requests: 2,
      result: "success",
      cause: undefined,
      isTransient: undefined
    },
    "errors: a reset": { requests: 2, result: "success", cause: undefined, isTransient: undefined },
    "errors: a close": { requests: 2, result: "success", cause: undefined, isTransient: undefined },
    "errors: a file whose connection is reset": {
      result: "success",
      requests: 4,
      cause: undefined,
      isTransient: undefined
    },
    "outcomes: a 408, on a safe route": { outcome: undefined, stopped: undefined, isRetryable: undefined, requests: 2 },
    "outcomes: a 408, on a once route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2,
      charges: 1
    },
    "outcomes: a reset, on a safe route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2
    },
    "outcomes: a reset, on a once route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2,
      charges: 2
    },
    "outcomes: a close, on a safe route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2
    },
    "outcomes: a close, on a once route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2,
      charges: 1
    },
    "outcomes: a reset before the request was read, on a safe route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2
    },
    "outcomes: a reset before the request was read, on a once route": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2,
      charges: 1
    },
    "outcomes: an upload whose reply is lost may have been done": {
      outcome: undefined,
      stopped: undefined,
      isRetryable: undefined,
      requests: 2,
      charges: 2
    },
    // It hides as many of them as it has kept connections open.
    "policies: standard, a read: two resets": [{ waits: [100] }, { waits: [] }],
    "policies: standard, a submit: a lost reply": { stopped: undefined, requests: 2, charges: 2 },
    "policies: payOnce, a submit: a lost reply": { stopped: undefined, requests: 2, charges: 2 },
    "policies: documented, a submit: a lost reply": { waits: [] },
    "policies: none, a read: reset": { requests: 2 },
    "policies: none, a submit: reset": { requests: 2, charges: 1 },
    "policies: a schedule of one's own, a read: two lost replies": [{ waits: [20] }, { waits: [] }],
    "policies: a schedule of one's own, a submit: a lost reply": { stopped: undefined, requests: 2, charges: 2 },
    "policies: resendUnknown of one's own, a submit: a lost reply": { waits: [] },
    "policies: Effect.retry while isRetryable, a submit: a lost reply": { result: "success", requests: 2, charges: 2 }
  }
}

const ofFetch: ReadonlyArray<Limit> = [nameless, unproven, brokenBehind]

export type Runtime = "node" | "fetch" | "chromium" | "bun" | "deno" | "workerd"

export const limits: Readonly<Record<Runtime, ReadonlyArray<Limit>>> = {
  node: [],
  fetch: ofFetch,
  chromium: [resentByChromium, hiddenRedirect, deletion, ...ofFetch],
  bun: [resent, ...ofFetch],
  deno: [resent, deletion, ...ofFetch],
  workerd: [resent, deletion, ...ofFetch]
}

/** In Chromium, where the server closes each connection after its reply: nothing is sent again. */
export const chromiumOnClosing: ReadonlyArray<Limit> = limits.chromium.filter(
  (limit) => limit !== resentByChromium && limit !== deletion
)
