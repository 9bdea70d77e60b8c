/** Limits of one's own: what calls may cost together, how many requests go at once, how many retries a client makes. */
import { NodeRuntime } from "@effect/platform-node"
import { CheapAi, CheapAiError, Music } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { SimulatorServer } from "@effect-cheapai/simulator"
import { Console, Effect, Either, Layer, Redacted } from "effect"

const song = (idea: string) =>
  Music.generate({ model: "music-2.5", idea, instrumental: true }).pipe(CheapAi.withExpectedCredits(1188))

const album = Effect.forEach(["rain", "hail", "snow"], (idea) => Effect.either(song(idea)), { concurrency: 3 }).pipe(
  CheapAi.withCreditLimit({ credits: 2500 })
)

const program = Effect.gen(function* () {
  const songs = yield* album
  yield* Console.log(`${songs.filter(Either.isRight).length} of 3 songs were submitted`)
  for (const refused of songs.filter(Either.isLeft)) yield* Console.log(CheapAiError.explain(refused.left))
})

const simulated = Layer.unwrapScoped(
  Effect.map(SimulatorServer.make(), ({ url }) =>
    NodeCheapAi.layer({
      apiKey: Redacted.make("sk_test_valid"),
      baseUrl: url,
      limiter: { inFlight: 4, spacing: "50 millis" },
      retryBudget: { tokens: 20 }
    })
  )
)

NodeRuntime.runMain(Effect.provide(program, simulated))
