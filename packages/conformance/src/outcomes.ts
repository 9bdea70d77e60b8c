/** §2: what is known of a request that failed, on a `safe` and on a `once` route, and whether it may be called again. */

import type { Outcome, Stopped } from "@effect-cheapai/core/Attempt"
import * as Music from "@effect-cheapai/core/Music"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Faults from "@effect-cheapai/simulator/Faults"
import type { Address, Case } from "./Case.js"
import * as programs from "./programs.js"

interface Trouble {
  readonly what: string
  readonly fault: Faults.Name
  /** Where the fault leaves it open: whether a submit that meets it is charged. */
  readonly booked?: boolean
  readonly address?: Address
}

/** What must be seen on each kind of route, when one request is all that is allowed. */
interface Expected {
  readonly outcome: Outcome
  readonly safe: { readonly stopped: Stopped; readonly isRetryable: boolean }
  readonly once: { readonly stopped: Stopped; readonly isRetryable: boolean }
}

const again = { stopped: "tries-used", isRetryable: true } as const
const neverAgain = { stopped: "not-transient", isRetryable: false } as const
const notAgain = { stopped: "tries-used", isRetryable: false } as const
const protectedOnce = { stopped: "once-unknown", isRetryable: false } as const

const groups: ReadonlyArray<readonly [Expected, ReadonlyArray<Trouble>]> = [
  [
    { outcome: "rejected", safe: neverAgain, once: neverAgain },
    [
      { what: "a 400", fault: "status-400-error" },
      { what: "a 409 that a gateway wrote", fault: "status-409-html" },
      { what: "a 302, not followed", fault: "redirect-302" },
      { what: "a 307, not followed", fault: "redirect-307" },
      { what: "success: false", fault: "unsuccessful-plain" }
    ]
  ],
  [
    { outcome: "rejected", safe: again, once: again },
    [
      { what: "a 408", fault: "status-408-error" },
      { what: "a 425", fault: "status-425-error" },
      { what: "a 429", fault: "status-429-error" },
      { what: "a 503", fault: "status-503-error" },
      { what: "a 503 of a gateway that had nobody to pass it on to", fault: "page-envoy-no-upstream" },
      { what: "success: false and the status 503", fault: "unsuccessful-status" },
      { what: "success: false for pace", fault: "unsuccessful-pace" }
    ]
  ],
  [
    { outcome: "failed", safe: again, once: notAgain },
    [
      { what: "a 500 of the service", fault: "status-500-error", booked: true },
      { what: "a 502 of the service", fault: "status-502-object" },
      { what: "a 529 of the service", fault: "status-529-message" }
    ]
  ],
  [
    { outcome: "failed", safe: neverAgain, once: neverAgain },
    [{ what: "a 501 of the service", fault: "status-501-error" }]
  ],
  [
    { outcome: "unknown", safe: again, once: protectedOnce },
    [
      { what: "a reset", fault: "reset", booked: true },
      { what: "a close", fault: "close" },
      { what: "a reset before the request was read", fault: "reset-unread" },
      { what: "half a reply", fault: "cut-close" },
      { what: "no reply in an attempt's time", fault: "stall", booked: true },
      { what: "a 504 of the service", fault: "status-504-error" },
      { what: "a 524 of the service", fault: "status-524-error" },
      { what: "a 500 without a body", fault: "status-500-empty" },
      { what: "a 500 that is cut off", fault: "status-500-cut" },
      { what: "a 502 of a gateway", fault: "page-nginx-502", booked: true },
      { what: "a 520 of a gateway", fault: "page-cloudflare-520" },
      { what: "a 503 of a gateway that lost the service (Envoy)", fault: "page-envoy-reset" },
      { what: "a 503 of a gateway that lost the service (Varnish)", fault: "page-varnish-503" },
      { what: "a 503 of a gateway that lost the service (Heroku H12)", fault: "page-heroku-h12" },
      { what: "a 503 of a gateway that lost the service (Heroku H13)", fault: "page-heroku-h13" },
      { what: "a 503 of a gateway that lost the service (Heroku H18)", fault: "page-heroku-h18" },
      { what: "bytes that are not HTTP", fault: "garbled" }
    ]
  ],
  [
    { outcome: "unknown", safe: neverAgain, once: neverAgain },
    [
      { what: "a 303", fault: "redirect-303" },
      { what: "a 2xx that says nothing", fault: "body-empty", booked: true }
    ]
  ],
  [
    { outcome: "not-sent", safe: again, once: again },
    [
      { what: "a refused connection", fault: "reset", address: "nobody" },
      { what: "a host name that does not exist", fault: "reset", address: "nowhere" },
      { what: "no TLS where it is expected", fault: "reset", address: "tls" }
    ]
  ]
]

const both =
  ({ once, outcome, safe }: Expected) =>
  ({ address = "simulator", booked = false, fault, what }: Trouble): ReadonlyArray<Case> => {
    const requests = address === "simulator" ? 1 : 0
    const shared = { address, options: { timeouts: programs.soon } }
    return [
      {
        ...shared,
        name: `outcomes: ${what}, on a safe route`,
        faults: [Faults.strike("read", 1, fault)],
        program: programs.read,
        expected: { outcome, ...safe, tries: 1, requests, charges: 0 }
      },
      {
        ...shared,
        name: `outcomes: ${what}, on a once route`,
        faults: [Faults.strike("submit", 1, fault, { booked })],
        program: programs.submit,
        expected: { outcome, ...once, tries: 1, requests, charges: booked ? 1 : 0 }
      }
    ]
  }

const invalid = { outcome: "not-sent", isRetryable: false, tries: 0, requests: 0, charges: 0 } as const

const inputs: ReadonlyArray<Case> = [
  {
    name: "outcomes: an invalid field is not sent",
    faults: [],
    program: Music.generate({ model: "music-2.5" }),
    expected: invalid
  },
  {
    name: "outcomes: an empty file is not sent",
    faults: [],
    program: SpeechToText.transcribe({ file: Upload.fromBytes(new Uint8Array(), { name: "talk.mp3" }) }),
    expected: invalid
  },
  {
    name: "outcomes: an upload whose reply is lost may have been done",
    faults: [Faults.strike("submit", 1, "charged-reset")],
    program: programs.uploadOfBytes,
    expected: { outcome: "unknown", ...protectedOnce, tries: 1, requests: 1, charges: 1 }
  }
]

export const outcomes: ReadonlyArray<Case> = [
  ...groups.flatMap(([expected, troubles]) => troubles.flatMap(both(expected))),
  ...inputs
]
