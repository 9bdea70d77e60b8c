/** Whatever the plan and whatever is sent: every request is answered, and the books hold. */
import { describe, expect, it } from "@effect/vitest"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import type * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { generations } from "./generations.js"
import { body, get, jsonOf, music, postForm } from "./requests.js"

const scripted: FastCheck.Arbitrary<Faults.Plan> = FastCheck.array(
  FastCheck.record({
    cell: FastCheck.constantFrom(...Faults.cells),
    at: FastCheck.integer({ min: 1, max: 12 }),
    options: FastCheck.constantFrom({}, { booked: true }, { booked: false })
  }),
  { maxLength: 30 }
).map((strikes) =>
  Faults.script(
    ...strikes.map(({ at, cell: { booking, fault, on }, options }) =>
      Faults.strike(on, at, fault, booking === "either" ? options : {})
    )
  )
)

const seeded: FastCheck.Arbitrary<Faults.Plan> = FastCheck.tuple(
  FastCheck.integer(),
  FastCheck.double({ min: 0, max: 1, noNaN: true })
).map(([seed, rate]) => Faults.plan(seed, { rate, length: 12 }))

const sent: ReadonlyArray<Wire.WireRequest> = [
  ...generations.map((one) => one.send()),
  music({ ...body, receive_url: "https://example.test/hook" }),
  music({ ...body, n: 9 }),
  music({}),
  music(body, "sk_test_nobody"),
  music(body, "sk_test_daily"),
  music(body, "sk_test_forbidden"),
  postForm("/v1m/voice/clone", { file: new Uint8Array(1) }),
  ...[1, 2, 3].map((number) => get(`/v1/task/task_00000${number}`)),
  ...[1, 2, 3].map((number) => get(`/files/task_00000${number}.wav`, null)),
  get("/v1/credits"),
  get("/nowhere")
]

type Step = Wire.WireRequest | number

const steps: FastCheck.Arbitrary<ReadonlyArray<Step>> = FastCheck.array(
  FastCheck.oneof(
    { weight: 5, arbitrary: FastCheck.constantFrom(...sent) },
    { weight: 1, arbitrary: FastCheck.integer({ min: 0, max: 8000 }) }
  ),
  { maxLength: 40 }
)

const play = (faults: Faults.Plan, script: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator.make({ faults, credits: 20_000, prices: { voiceClone: 30 } })
    for (const step of script) {
      if (typeof step === "number") yield* TestClock.adjust(step)
      else expect((yield* simulator.handle(step)).end).toMatch(/^(complete|close|reset|stall)$/)
    }
    const ledger = yield* simulator.ledger
    const arrivals = yield* simulator.requests
    expect(arrivals).toHaveLength(script.filter((step) => typeof step === "object").length)
    expect(Ledger.violations(ledger, arrivals)).toEqual([])
    const counted = yield* countedBalance(simulator)
    expect(counted).toBe(Ledger.balance(ledger))
  })

/** By the account itself, once nothing is left to strike. */
const countedBalance = (simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    for (let number = 0; number < 12; number++) yield* simulator.handle(get("/nowhere"))
    return jsonOf(yield* simulator.handle(get("/v1/credits"))).credits
  })

describe("any plan and any requests", { timeout: 60_000 }, () => {
  it.each([
    ["scripted", scripted],
    ["seeded", seeded]
  ])("%s: give answers and books that hold", (_, plans) =>
    FastCheck.assert(
      FastCheck.asyncProperty(plans, steps, (plan, script) =>
        Effect.runPromise(Effect.provide(play(plan, script), TestContext.TestContext))
      ),
      { numRuns: 300, seed: 4 }
    )
  )
})
