/** Prints the credits of the account at an address, or how the call fails. */
import * as Account from "@effect-cheapai/core/Account"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const [, , baseUrl] = process.argv

const program = Effect.matchEffect(Account.credits, {
  onFailure: (error) => Console.log("code" in error ? error.code : error._tag),
  onSuccess: Console.log
})

const layer = NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl, retry: RetryPolicy.none })

Effect.runFork(Effect.provide(program, layer))
