import { describe, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Effect from "effect/Effect"
import * as Client from "../client.js"
import * as Cases from "./cases.js"
import * as Installed from "./installed.js"
import * as Nginx from "./nginx.js"

const gateway = { source: "gateway" }
const unknown = { outcome: "unknown", stopped: "once-unknown", isRetryable: false }
const badGateway = { _tag: "ProcessingError", status: 502, ...gateway }

const booked = { booked: true, times: Number.POSITIVE_INFINITY }

const oneAMinute = {
  http: ["limit_req_zone $server_port zone=all:64k rate=1r/m;"],
  location: ["limit_req zone=all;"]
}

const tooLarge = {
  _tag: "UnexpectedStatusError",
  status: 413,
  outcome: "rejected",
  stopped: "not-transient",
  ...gateway
}
const atMost1k = ["client_max_body_size 1k;"]

const cases: ReadonlyArray<Cases.Case<Omit<Nginx.Options, "upstream">>> = [
  [
    "its 502 for a service that is down",
    Cases.down,
    {},
    Client.submit,
    { error: { ...badGateway, ...unknown }, attempts: 1, arrived: 0, charged: 0, logged: [502] }
  ],
  [
    "its 502 for a service that is down, to a read",
    Cases.down,
    {},
    Client.credits,
    { error: { ...badGateway, stopped: "tries-used" }, attempts: 3, arrived: 0, charged: 0, logged: [502, 502, 502] }
  ],
  [
    "its 502 for a service that resets the connection once it has read and charged the submit",
    Cases.simulated(Fault.drop(Client.submitRoute, booked)),
    {},
    Client.submit,
    { error: { ...badGateway, ...unknown }, attempts: 1, arrived: 1, charged: 1, logged: [502] }
  ],
  [
    "its 502 for a reply whose headers are none",
    Cases.saying("HTTP/1.1 200 OK\r\nno header\r\n\r\n"),
    {},
    Client.submit,
    { error: { ...badGateway, ...unknown }, attempts: 1, arrived: 1, charged: 0, logged: [502] }
  ],
  // It takes them for HTTP/0.9, and logs that as the status.
  [
    "bytes that are no HTTP, which it passes on",
    Cases.saying("220 mail.example ESMTP\r\n\r\n"),
    {},
    Client.submit,
    {
      error: { _tag: "TransportError", code: "protocol", ...unknown },
      attempts: 1,
      arrived: 1,
      charged: 0,
      logged: [9]
    }
  ],
  [
    "its 503 for what goes over limit_req",
    Cases.simulated(),
    oneAMinute,
    Effect.zipRight(Client.submit, Client.submit),
    {
      error: {
        _tag: "ServiceUnavailableError",
        outcome: "rejected",
        stopped: "tries-used",
        isRetryable: true,
        ...gateway
      },
      attempts: 3,
      arrived: 1,
      charged: 1,
      logged: [200, 503, 503, 503]
    }
  ],
  [
    "its 504 for a service that charges and then is silent",
    Cases.simulated(Fault.stall(Client.submitRoute, booked)),
    { location: ["proxy_read_timeout 300ms;"] },
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
    "its 413 for a small upload",
    Cases.simulated(),
    { location: atMost1k },
    Cases.upload(2000),
    { error: tooLarge, attempts: 1, arrived: 0, charged: 0, logged: [413] }
  ],
  [
    "its 413 for a large upload, of which it reads the rest",
    Cases.simulated(),
    { location: atMost1k },
    Cases.upload(32_000_000),
    { error: tooLarge, attempts: 1, arrived: 0, charged: 0, logged: [413] }
  ],
  [
    "its 413 for a large upload, of which it reads no more",
    Cases.simulated(),
    { location: [...atMost1k, "lingering_close off;"] },
    Cases.upload(32_000_000),
    { error: tooLarge, attempts: 1, arrived: 0, charged: 0, logged: [413] }
  ]
]

describe.runIf(Installed.has("nginx"))("nginx answers", () => {
  it.scopedLive.each(cases)("%s", (row) => Cases.run(Nginx.make, row), 60_000)
})
