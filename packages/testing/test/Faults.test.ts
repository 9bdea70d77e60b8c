import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Simulators from "@effect-cheapai/simulator/Faults"
import * as Faults from "@effect-cheapai/testing/Faults"
import * as Ledger from "@effect-cheapai/testing/Ledger"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"

const song = Music.generate({ model: "music-2.5", idea: "rain" })

const account = Effect.flatMap(Simulated.Simulator, ({ ledger, requests }) => Effect.all({ ledger, requests }))

/** In virtual time, over an account whose requests meet the faults. */
const meeting =
  (...given: Parameters<typeof Faults.layer>) =>
  <A, E>(program: Effect.Effect<A, E, CheapAi.CheapAi | Simulated.Simulator>) =>
    program.pipe(Effect.provide(Faults.layer(...given)), Effect.provide(VirtualTime.layer()))

describe("Faults.layer", () => {
  it.live("strikes the requests that a script names", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(song)
      expect(error).toMatchObject({ _tag: "InternalError", attempts: [{ status: 500 }] })
      yield* song
      const { ledger, requests } = yield* account
      expect(requests).toHaveLength(2)
      expect(Ledger.charges(ledger)).toHaveLength(2)
    }).pipe(meeting(Faults.script(Faults.strike("submit", 1, "charged-500")), { retry: RetryPolicy.payOnce }))
  )

  it.live("draws the plan of a seed, and keeps the other options", () =>
    Effect.gen(function* () {
      const seeded: Faults.Seeded = { seed: 7, rate: 1, length: 3, faults: ["status-503-error", "close"] }
      const options = { retry: RetryPolicy.none, simulator: { credits: 7 } }
      const four = Effect.replicateEffect(Effect.merge(Account.credits), 4)
      const said = (faults: Faults.Plan | Faults.Seeded) =>
        Effect.map(meeting(faults, options)(four), (all) =>
          all.map((one) => (typeof one === "number" ? one : one._tag))
        )
      const once = yield* said(seeded)
      expect(once.map((one) => typeof one)).toEqual(["string", "string", "string", "number"])
      expect(once[3]).toBe(7)
      expect(yield* said(seeded)).toEqual(once)
      expect(yield* said(Faults.plan(7, seeded))).toEqual(once)
    })
  )
})

it("hands on the simulator's plans as they are", () => {
  expect(Faults.plan(3)).toEqual(Simulators.plan(3))
  expect(Faults.names).toBe(Simulators.names)
  expect(Faults.toScript(Faults.script(Faults.strike("poll", 2, "poll-busy")))).toBe(
    'Faults.script(\n  Faults.strike("poll", 2, "poll-busy")\n)'
  )
})
