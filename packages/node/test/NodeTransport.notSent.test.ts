import { readFileSync } from "node:fs"
import { createServer } from "node:tls"
import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"
import * as RawServer from "./rawServer.js"

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))

/** Takes connections and says nothing: a TLS handshake with it never ends. */
const silent = Effect.map(
  RawServer.make(() => {}),
  (port) => `https://127.0.0.1:${port}`
)

const refused = Effect.map(RawServer.closedPort, (port) => `http://127.0.0.1:${port}`)

/** No resolver is asked for a label of more than 63 characters: the name fails without a network. */
const unknownHost = Effect.succeed(`https://${"a".repeat(64)}.invalid`)

const selfSigned = Effect.map(
  Effect.suspend(() =>
    RawServer.listen(createServer({ cert: fixture("self-signed-cert.pem"), key: fixture("self-signed-key.pem") }))
  ),
  (port) => `https://127.0.0.1:${port}`
)

const plainText = Effect.map(
  HttpServer.make((response) => response.end()),
  ({ url }) => url.replace("http:", "https:")
)

const hangsUp = Effect.map(
  RawServer.make((socket) => socket.once("data", () => socket.destroy())),
  (port) => `https://127.0.0.1:${port}`
)

type Row = readonly [
  string,
  Effect.Effect<string, never, Scope.Scope>,
  { readonly _tag: string; readonly code?: string; readonly phase?: string },
  Partial<NodeCheapAi.Options>
]

const transport = (code: string) => ({ _tag: "TransportError", code })

const rows: ReadonlyArray<Row> = [
  ["a host name that does not exist", unknownHost, transport("dns"), {}],
  ["a refused connection", refused, transport("refused"), {}],
  ["a self-signed certificate", selfSigned, transport("tls"), {}],
  ["a server without TLS behind https", plainText, transport("tls"), {}],
  ["a server that hangs up in the handshake", hangsUp, transport("reset"), {}],
  [
    "a handshake that outlasts the time to connect",
    silent,
    transport("connect-timeout"),
    // undici's timer for it ticks every half second.
    { connectTimeout: "50 millis" }
  ],
  [
    "a handshake that outlasts an attempt",
    silent,
    { _tag: "TimeoutError", phase: "attempt" },
    { timeouts: { attempt: "50 millis" } }
  ]
]

describe("a submit that did not leave", () => {
  it.scopedLive.each(rows)(
    "because of %s is known to be not sent, and is tried again",
    ([, server, expected, options]) =>
      Effect.gen(function* () {
        const url = yield* server
        const error = yield* Effect.flip(Effect.provide(Client.submit, Client.layer(url, options)))
        expect(error).toMatchObject({ ...expected, outcome: "not-sent", isRetryable: true, stopped: "tries-used" })
        expect(error).toMatchObject({ attempts: Array.from({ length: 3 }, () => ({ evidence: "not-started" })) })
      })
  )

  it.scopedLive("because the handshake outlasts the whole call is known to be not sent", () =>
    Effect.gen(function* () {
      const options = { timeouts: { total: "50 millis" } } as const
      const error = yield* Effect.flip(Effect.provide(Client.submit, Client.layer(yield* silent, options)))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent", stopped: "deadline" })
      expect(error).toMatchObject({ attempts: [{ evidence: "not-started" }] })
    })
  )

  it.scopedLive("because the connection was refused twice succeeds when the server is up, and is charged once", () =>
    Effect.gen(function* () {
      const port = yield* RawServer.closedPort
      const up = yield* Deferred.make<SimulatorServer.Running, SimulatorServer.ListenError>()
      const scope = yield* Effect.scope
      const attempts: Array<Attempt> = []
      const note = (attempt: Attempt) => {
        attempts.push(attempt)
        const start = Scope.extend(SimulatorServer.make({ port }), scope)
        return attempt.number === 2 ? Effect.intoDeferred(start, up) : Effect.void
      }
      yield* Client.submit.pipe(CheapAi.tapAttempt(note), Effect.provide(Client.layer(`http://127.0.0.1:${port}`)))
      expect(attempts).toMatchObject([
        { number: 1, evidence: "not-started", outcome: "not-sent", code: "refused" },
        { number: 2, evidence: "not-started", outcome: "not-sent", code: "refused" },
        { number: 3, evidence: "started", result: "success" }
      ])
      const { simulator } = yield* Deferred.await(up)
      expect(yield* simulator.requests).toHaveLength(1)
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )
})
