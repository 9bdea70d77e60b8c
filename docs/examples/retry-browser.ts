/** Browser: the same policies over fetch. The page shows its own server a session; the secret key stays on that server. */
import { NodeRuntime } from "@effect/platform-node"
import { BrowserCheapAi } from "@effect-cheapai/browser"
import { Account, CheapAi, Music } from "@effect-cheapai/core"
import { Fault, SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Redacted } from "effect"

const show = CheapAi.tapAttempt(({ evidence, number, result, route, status = "no reply" }) =>
  Console.log(`${route} try ${number}: ${status} ${result}, evidence ${evidence}`)
)

const program = Effect.gen(function* () {
  // Stands for a server of one's own, which knows the page's session.
  const { simulator, url } = yield* SimulatorServer.make({ keys: { "session-of-the-page": "valid" } })
  const service = BrowserCheapAi.layer({ baseUrl: url, token: Redacted.make("session-of-the-page") })

  yield* simulator.inject(Fault.reply("GET /v1/credits", Fault.serviceUnavailable))
  yield* Account.credits.pipe(show, Effect.provide(service))

  yield* simulator.inject(Fault.drop(Music.Generate.key))
  const error = yield* Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
    show,
    Effect.flip,
    Effect.provide(service)
  )
  yield* Console.log(`outcome ${error.outcome}, stopped: ${error.stopped}`)

  const secret = BrowserCheapAi.layer({ baseUrl: url, token: Redacted.make("sk_test_valid") })
  const refused = yield* Effect.flip(Effect.provide(Account.credits, secret))
  yield* Console.log(`a secret key in a page: ${refused._tag}`)
})

NodeRuntime.runMain(Effect.scoped(program))
