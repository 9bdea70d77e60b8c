import { expect, it } from "@effect/vitest"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Faults } from "@effect-cheapai/testing"
import { Effect, Redacted } from "effect"
import { song } from "./songs.js"

/** As a program in any language would ask. */
const ask = (url: string, init?: RequestInit) =>
  Effect.promise(() => fetch(url, init).then((reply): Promise<unknown> => reply.json()))

const faults = Faults.script(Faults.strike("submit", 1, "status-503-error"), Faults.strike("poll", 1, "page-nginx-502"))

const program = Effect.gen(function* () {
  const { url } = yield* SimulatorServer.make({ taskDuration: "1 second" })
  yield* ask(`${url}/__simulator/faults`, { method: "POST", body: JSON.stringify(faults) })
  const layer = NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url })
  expect(yield* Effect.provide(song("rain"), layer)).toMatch(/\.wav$/)
  expect(yield* ask(`${url}/__simulator/ledger`)).toMatchObject({ entries: [{ kind: "charge" }], violations: [] })
})

it.scopedLive("is paid once over real sockets, whatever was in the way", () => program, 30_000)
