import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"
import * as RawServer from "./rawServer.js"

const booked = { times: Number.POSITIVE_INFINITY, booked: true }
const route = Client.submitRoute

const lost = (reply: Wire.WireReply) => Fault.reply(route, reply, booked)

interface Ending {
  readonly tag: string
  readonly code?: string
  readonly source?: "service" | "gateway"
}

const endings: ReadonlyArray<readonly [string, Fault.Fault, Ending]> = [
  ["a reset", Fault.drop(route, booked), { tag: "TransportError", code: "reset" }],
  ["a close", Fault.drop(route, { ...booked, end: "close" }), { tag: "TransportError", code: "closed" }],
  ["half a reply, then a close", Fault.cut(route, booked), { tag: "TransportError", code: "body" }],
  [
    "half a reply, then a reset",
    Fault.cut(route, { ...booked, end: "reset" }),
    { tag: "TransportError", code: "body" }
  ],
  ["half a reply, then silence", Fault.cut(route, { ...booked, end: "stall" }), { tag: "TimeoutError" }],
  ["silence", Fault.stall(route, booked), { tag: "TimeoutError" }],
  ["a gateway's HTML 502", lost(Fault.nginx502), { tag: "ProcessingError", source: "gateway" }],
  ["a cut-off JSON 500", lost(Fault.brokenJson(500)), { tag: "InternalError", source: "gateway" }],
  ["an empty 502", lost(Wire.text(502, "")), { tag: "ProcessingError", source: "gateway" }],
  ["a gateway's 504", lost(Wire.text(504, "upstream request timeout")), { tag: "UnexpectedStatusError" }],
  [
    "a 503 that lost its upstream",
    lost(Wire.text(503, "upstream connect error or disconnect/reset before headers")),
    { tag: "ServiceUnavailableError" }
  ],
  ["a 200 without a task id", lost(Wire.json(200, { success: true })), { tag: "InvalidResponseError" }]
]

describe("a submit whose reply is lost", () => {
  it.scopedLive.each(endings)(
    "by %s leaves once, whatever the policy, and may have been charged",
    ([, fault, ending]) =>
      Effect.gen(function* () {
        const { simulator, url } = yield* SimulatorServer.make()
        yield* simulator.inject(fault)
        const error = yield* Client.submit.pipe(
          CheapAi.withRetryPolicy(Client.eager),
          Effect.retry({ while: (error) => error.isRetryable, times: 3 }),
          Effect.flip,
          Effect.provide(Client.layer(url, { timeouts: { attempt: "1 second" } }))
        )
        const { tag, ...facts } = ending
        expect(error).toMatchObject({ _tag: tag, outcome: "unknown", isRetryable: false, ...facts })
        expect(error.attempts).toMatchObject([{ number: 1, evidence: "started", outcome: "unknown" }])
        expect((yield* simulator.requests).map(({ method }) => method)).toEqual(["POST"])
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
      })
  )

  it.scopedLive("to bytes that are not HTTP leaves once and may have been charged", () =>
    Effect.gen(function* () {
      let received = 0
      const port = yield* RawServer.make((socket) => {
        socket.once("data", () => {
          received++
          socket.end("220 mail.example ESMTP\r\n\r\n")
        })
      })
      const error = yield* Client.submit.pipe(
        CheapAi.withRetryPolicy(Client.eager),
        Effect.flip,
        Effect.provide(Client.layer(`http://127.0.0.1:${port}`))
      )
      expect(error).toMatchObject({ _tag: "TransportError", code: "protocol", outcome: "unknown" })
      expect(received).toBe(1)
    })
  )

  it.scopedLive("after its task id arrived whole is a success", () =>
    Effect.gen(function* () {
      const server = yield* HttpServer.make((response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": 1000 })
        response.write('{"success":true,"task_id":"task_7"}', () => response.socket?.end())
      })
      const task = yield* Effect.provide(Client.submit, Client.layer(server.url))
      expect(task.id).toBe("task_7")
      expect(server.requests).toHaveLength(1)
    })
  )

  it.scopedLive("by a 502 in the service's own words is sent again, because the service says that it failed", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.reply(route, Wire.json(502, { success: false, error: "Processing failed" })))
      yield* Effect.provide(Client.submit, Client.layer(url))
      expect(yield* simulator.requests).toHaveLength(2)
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )
})

describe("a redirect", () => {
  const rows = [301, 302, 303, 307, 308].map((status) => [status, status === 303 ? "unknown" : "rejected"] as const)

  it.scopedLive.each(rows)("by %i is not followed: a submit's outcome is %s", ([status, outcome]) =>
    Effect.gen(function* () {
      const server = yield* HttpServer.make((response) => {
        response.writeHead(status, { location: "/elsewhere?secret=moved" }).end()
      })
      const error = yield* Effect.flip(Effect.provide(Client.submit, Client.layer(server.url)))
      expect(error).toMatchObject({ _tag: "UnexpectedStatusError", status, outcome, stopped: "not-transient" })
      expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([Client.submitRoute])
    })
  )

  it.scopedLive("is not followed by a read either", () =>
    Effect.gen(function* () {
      const server = yield* HttpServer.make((response) => response.writeHead(302, { location: "/elsewhere" }).end())
      const error = yield* Effect.flip(Effect.provide(Client.credits, Client.layer(server.url)))
      expect(error).toMatchObject({ _tag: "UnexpectedStatusError", status: 302, outcome: "rejected" })
      expect(server.requests).toHaveLength(1)
    })
  )
})
