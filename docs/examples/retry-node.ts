/** Node.js: a policy is an ordinary Schedule, and a billed request whose reply is lost leaves once under any of them. */
import { NodeRuntime } from "@effect/platform-node"
import { Account, CheapAi, CheapAiError, Music, RetryPolicy } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { Fault, Ledger, SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Redacted, Schedule } from "effect"

const patient = Schedule.exponential("200 millis").pipe(
  Schedule.intersect(Schedule.recurs(4)),
  Schedule.whileInput(CheapAiError.isTransient),
  RetryPolicy.honourRetryAfter({ atMost: "2 minutes" })
)

const show = CheapAi.tapAttempt(({ code, number, result, route, status }) =>
  Console.log(`${route} try ${number}: ${status ?? code} ${result}`)
)

const program = Effect.gen(function* () {
  const { simulator, url } = yield* SimulatorServer.make()
  const service = NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url, retry: patient })

  yield* simulator.inject(Fault.reply("GET /v1/credits", Fault.serviceUnavailable, { times: 2 }))
  yield* Account.credits.pipe(show, Effect.provide(service))

  yield* simulator.inject(Fault.drop(Music.Generate.key, { booked: true }))
  const error = yield* Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
    show,
    Effect.retry({ times: 3, while: (error) => error.isRetryable }),
    Effect.flip,
    Effect.provide(service)
  )
  yield* Console.log(`outcome ${error.outcome}, stopped: ${error.stopped}`)
  yield* Console.log(`${Ledger.charges(yield* simulator.ledger).length} charge`)
})

NodeRuntime.runMain(Effect.scoped(program))
