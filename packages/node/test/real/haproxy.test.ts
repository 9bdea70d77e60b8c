import { describe, it } from "@effect/vitest"
import * as Dubbing from "@effect-cheapai/core/Dubbing"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Client from "../client.js"
import * as Cases from "./cases.js"
import * as Haproxy from "./haproxy.js"
import * as Installed from "./installed.js"

const gateway = { source: "gateway" }
const unknown = { outcome: "unknown", stopped: "once-unknown", isRetryable: false }
const rejected = { outcome: "rejected", ...gateway }
const refused = { _tag: "ServiceUnavailableError", stopped: "tries-used", isRetryable: true, ...rejected }
const badGateway = { _tag: "ProcessingError", status: 502, ...gateway, ...unknown }

const booked = { booked: true, times: Number.POSITIVE_INFINITY }

/** Begins an upload and never ends it. */
const unendingUpload = Effect.suspend(() =>
  Dubbing.dub({
    file: Upload.fromStream(Stream.concat(Stream.make(new Uint8Array(2000)), Stream.never), { name: "talk.mp3" }),
    targetLang: "de"
  })
)

const cases: ReadonlyArray<Cases.Case<Omit<Haproxy.Options, "upstream">>> = [
  [
    "its 503 for a service that is down",
    Cases.down,
    {},
    Client.submit,
    { error: refused, attempts: 3, arrived: 0, charged: 0, logged: [503, 503, 503] }
  ],
  [
    "its 503 while there is no server that is up",
    Cases.simulated(),
    { server: "disabled" },
    Client.submit,
    { error: refused, attempts: 3, arrived: 0, charged: 0, logged: [503, 503, 503] }
  ],
  [
    "its 504 for a service that charges and then is silent",
    Cases.simulated(Fault.stall(Client.submitRoute, booked)),
    { backend: ["timeout server 300ms"] },
    Client.submit,
    {
      error: { _tag: "UnexpectedStatusError", status: 504, ...gateway, ...unknown },
      attempts: 1,
      arrived: 1,
      charged: 1,
      logged: [504]
    }
  ],
  [
    "its 502 for a reply whose headers are none",
    Cases.saying("HTTP/1.1 200 OK\r\nno header\r\n\r\n"),
    {},
    Client.submit,
    { error: badGateway, attempts: 1, arrived: 1, charged: 0, logged: [502] }
  ],
  [
    "its 502 for bytes that are no HTTP",
    Cases.saying("220 mail.example ESMTP\r\n\r\n"),
    {},
    Client.submit,
    { error: badGateway, attempts: 1, arrived: 1, charged: 0, logged: [502] }
  ],
  [
    "its 502 for a service that resets the connection once it has read and charged the submit",
    Cases.simulated(Fault.drop(Client.submitRoute, booked)),
    {},
    Client.submit,
    { error: badGateway, attempts: 1, arrived: 1, charged: 1, logged: [502] }
  ],
  [
    "half a reply of a service that resets the connection in the middle of it",
    Cases.simulated(Fault.cut(Client.submitRoute, { ...booked, end: "reset" })),
    {},
    Client.submit,
    {
      error: { _tag: "TransportError", code: "body", ...unknown },
      attempts: 1,
      arrived: 1,
      charged: 1,
      logged: [200]
    }
  ],
  [
    "a close, by http-request reject, which may have been anything",
    Cases.simulated(),
    { frontend: ["http-request reject"] },
    Client.submit,
    { error: { _tag: "TransportError", code: "closed", ...unknown }, attempts: 1, arrived: 0, charged: 0, logged: [-1] }
  ],
  [
    "a close, by http-request reject, to a read",
    Cases.simulated(),
    { frontend: ["http-request reject"] },
    Client.credits,
    {
      error: { _tag: "TransportError", code: "closed", stopped: "tries-used" },
      attempts: 3,
      arrived: 0,
      charged: 0,
      logged: [-1, -1, -1]
    }
  ],
  // Without root's rights it can't drop the connection in silence, and the client hears of it at once.
  [
    "nothing any more, by http-request silent-drop",
    Cases.simulated(),
    { frontend: ["http-request silent-drop"] },
    Client.submit,
    { error: unknown, attempts: 1, arrived: 0, charged: 0, logged: [-1] },
    { timeouts: { attempt: "2 seconds" } }
  ],
  [
    "its 408 for a request that does not come to its end",
    Cases.simulated(),
    { frontend: ["option http-buffer-request", "timeout http-request 300ms"] },
    unendingUpload,
    {
      error: { _tag: "UnexpectedStatusError", status: 408, stopped: "stream-used", ...rejected },
      attempts: 1,
      arrived: 0,
      charged: 0,
      logged: [408]
    }
  ],
  [
    "its 400 for headers that are larger than its buffer",
    Cases.simulated(),
    { global: ["tune.bufsize 4096", "tune.maxrewrite 512"] },
    Client.submit,
    {
      error: { _tag: "BadRequestError", stopped: "not-transient", ...rejected },
      attempts: 1,
      arrived: 0,
      charged: 0,
      logged: [400]
    },
    { apiKey: Redacted.make("sk_".padEnd(8000, "x")) }
  ],
  [
    "its 429 for what goes over the rate of a stick table",
    Cases.simulated(),
    {
      frontend: [
        "stick-table type ip size 10 expire 1m store http_req_rate(1m)",
        "http-request track-sc0 src",
        "http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1 }"
      ]
    },
    Effect.zipRight(Client.submit, Client.submit),
    {
      error: { _tag: "RateLimitedError", reason: "pace", stopped: "tries-used", isRetryable: true, ...rejected },
      attempts: 3,
      arrived: 1,
      charged: 1,
      logged: [200, 429, 429, 429]
    }
  ]
]

describe.runIf(Installed.has("haproxy"))("HAProxy answers", () => {
  it.scopedLive.each(cases)("%s", (row) => Cases.run(Haproxy.make, row), 60_000)
})
