import { describe, expect, it } from "@effect/vitest"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Effect from "effect/Effect"
import { type Case, verdictOf } from "./proof/property.js"
import type { Call } from "./proof/story.js"

/** What to call so that a phase has its request: a task by JSON, a voice by an upload; a GET, a POST, a DELETE. */
const callsOf: Readonly<Record<Faults.Phase, ReadonlyArray<Pick<Call, "route" | "until">>>> = {
  submit: [
    { route: "voice", until: "done" },
    { route: "clone", until: "done" }
  ],
  poll: [{ route: "voice", until: "done" }],
  file: [{ route: "voice", until: "downloaded" }],
  read: [
    { route: "credits", until: "answered" },
    { route: "price", until: "answered" },
    { route: "clone", until: "done" }
  ],
  webhook: [{ route: "voice", until: "done" }]
}

/** Where a fault leaves it open whether it is charged, both. */
const strikes = Faults.cells.flatMap(({ booking, fault, on }) =>
  booking === "either"
    ? [true, false].map((booked) => Faults.strike(on, 1, fault, { booked }))
    : [Faults.strike(on, 1, fault)]
)

const cases = strikes.flatMap((strike) =>
  callsOf[strike.on].map((call): Case => {
    const story = { calls: [{ id: "call-1", ...call }], concurrency: 1, keeps: true, refusals: [] }
    return { seed: 1, story, plan: Faults.script(strike) }
  })
)

describe("every fault on every phase, charged first or not", () => {
  it.live.each(["payOnce", "standard"] as const)(
    "under %s",
    (name) =>
      Effect.gen(function* () {
        for (const one of cases) {
          const { observed, problems } = yield* verdictOf({ policy: name, judge: name }, one)
          expect(problems, Faults.toScript(one.plan)).toEqual([])
          const [strike] = one.plan.strikes
          const met = observed?.arrivals.flatMap(({ fault, webhookFault }) => [fault, webhookFault])
          expect(met).toContain(strike?.fault)
        }
      }),
    240_000
  )
})

const lost = (["reset", "close", "stall"] as const).flatMap((fault) =>
  [true, false].map((booked) => Faults.strike("read", 1, fault, { booked }))
)

describe("a deletion whose reply is lost", () => {
  it.live.each(lost)("is sent again, and found done or done then: $fault, $booked", (strike) =>
    Effect.gen(function* () {
      const file = Upload.fromBytes(new Uint8Array(64), { name: "anna.mp3" })
      yield* Effect.flatMap(VoiceClone.create({ file, voiceName: "anna" }), VoiceClone.delete)
      const { requests } = yield* Simulated.Simulator
      const deletions = (yield* requests).filter(({ method }) => method === "DELETE")
      expect(deletions.map(({ status }) => status)).toEqual([undefined, strike.booked ? 404 : 200])
      expect(yield* VoiceClone.list).toEqual([])
    }).pipe(
      Effect.provide(Simulated.layer({ simulator: { faults: Faults.script(strike) } })),
      Effect.provide(VirtualTime.layer())
    )
  )
})
