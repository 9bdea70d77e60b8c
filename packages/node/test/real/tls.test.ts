import { describe, expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Program from "../program.js"
import * as Certificates from "./certificates.js"
import type { StartError } from "./childServer.js"
import * as Gateway from "./gateway.js"
import * as Haproxy from "./haproxy.js"
import * as Installed from "./installed.js"
import * as Nginx from "./nginx.js"

type Make = (options: {
  readonly upstream: string
  readonly certificate: Gateway.Certificate
}) => Effect.Effect<Gateway.Gateway, StartError, Scope.Scope>

const trusted = { handshake: "trusted", call: { result: "success" } }

/** Of a server that can't prove who it is: nothing is sent to it, and that is known. */
const untrusted = (handshake: string) => ({
  handshake,
  call: {
    result: "TransportError",
    code: "tls",
    outcome: "not-sent",
    stopped: "tries-used",
    isRetryable: true,
    evidence: ["not-started", "not-started", "not-started"]
  }
})

/** Each with what Node calls it, so that no certificate is refused for another reason than it is made for. */
const certificates = Effect.gen(function* () {
  const known = yield* Certificates.authority
  const foreign = yield* Certificates.authority
  const rows = [
    [yield* known.issue(), trusted],
    [yield* known.issue({ until: "20210101000000Z" }), untrusted("CERT_HAS_EXPIRED")],
    [yield* known.issue({ from: "20980101000000Z" }), untrusted("CERT_NOT_YET_VALID")],
    [yield* known.issue({ name: "DNS:elsewhere.test" }), untrusted("ERR_TLS_CERT_ALTNAME_INVALID")],
    [yield* known.issue({ usage: "clientAuth" }), untrusted("INVALID_PURPOSE")],
    [yield* foreign.issue(), untrusted("UNABLE_TO_VERIFY_LEAF_SIGNATURE")],
    [yield* Certificates.selfSigned, untrusted("DEPTH_ZERO_SELF_SIGNED_CERT")]
  ] as const
  return { trusts: known.path, rows }
})

const expectRefusals = (make: Make) =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make()
    const { rows, trusts } = yield* certificates
    const gateways = yield* Effect.forEach(rows, ([certificate]) => make({ upstream: url, certificate }))
    const { stdout } = yield* Program.run(
      "submitsTo.ts",
      gateways.map(({ url }) => url),
      // Node reads it when it starts, so it takes a process of its own.
      { env: { NODE_EXTRA_CA_CERTS: trusts } }
    )
    expect(Gateway.linesOf(stdout).map((line) => JSON.parse(line))).toEqual(rows.map(([, seen]) => seen))
    const [first, ...others] = yield* Effect.forEach(gateways, ({ log }) => log)
    expect(first).toEqual(["POST /v1m/task/music-generation 200"])
    expect(others.flat()).toEqual([])
    expect(yield* simulator.requests).toHaveLength(1)
    expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
  })

const within = 60_000

describe("a submit over TLS reaches only a server whose certificate is good", () => {
  it.scopedLive.runIf(Installed.has("nginx", "openssl"))("nginx", () => expectRefusals(Nginx.make), within)
  it.scopedLive.runIf(Installed.has("haproxy", "openssl"))("HAProxy", () => expectRefusals(Haproxy.make), within)
})
