/** A submit whose connection is reset after the request left: sent once, and said so. */
import { CheapAi, CheapAiError, Music } from "@effect-cheapai/core"
import { Fault, Ledger } from "@effect-cheapai/simulator"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { promise } from "./promise.js"
import type { Simulated } from "./stage.js"
import * as Terminal from "./terminal.js"

const route = Music.Generate.key
const input = { model: "music-2.5", idea: "a waltz that gets lost on the way" }

/** The retry round the call is a mistake that many programs make; `isRetryable` keeps it harmless. */
const submit = (sent: Ref.Ref<number>) =>
  Music.generate(input).pipe(
    CheapAi.tapAttempt(() => Ref.update(sent, (count) => count + 1)),
    Effect.retry({ times: 3, while: (error) => error.isRetryable })
  )

export const show = ({ simulator, withKey }: Simulated) =>
  Effect.gen(function* () {
    const seen = Effect.all({ requests: simulator.requests, ledger: simulator.ledger }).pipe(
      Effect.map(({ ledger, requests }) => ({
        submits: requests.filter((request) => request.route === route).length,
        charges: Ledger.charges(ledger).length,
        credits: Ledger.charged(ledger)
      }))
    )
    yield* simulator.inject(Fault.drop(route, { booked: true }))
    const before = yield* seen
    const sent = yield* Ref.make(0)
    const error = yield* Effect.provide(Effect.flip(submit(sent)), withKey("sk_test_valid"))
    const after = yield* seen
    const counted = {
      client: yield* Ref.get(sent),
      server: after.submits - before.submits,
      charges: after.charges - before.charges
    }

    yield* Terminal.table([
      { cells: ["requests sent", String(counted.client), "counted by the client"] },
      { cells: ["requests arrived", String(counted.server), "counted by the server"] },
      {
        cells: ["charges", String(counted.charges), `${after.credits - before.credits} credits in the server's ledger`]
      },
      { cells: ["outcome", error.outcome, "what the error says of the request"] }
    ])
    yield* Terminal.print()
    yield* Terminal.paragraph(CheapAiError.explain(error))

    yield* promise(counted.client === 1, `The dropped submit was sent ${counted.client} times, not once`)
    yield* promise(counted.server === 1, `The dropped submit arrived ${counted.server} times, not once`)
    yield* promise(counted.charges === 1, `The dropped submit was charged ${counted.charges} times, not once`)
    yield* promise(error.outcome === "unknown", `The outcome of the dropped submit is ${error.outcome}, not unknown`)
  })
