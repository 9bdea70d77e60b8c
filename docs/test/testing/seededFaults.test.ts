import { expect, it } from "@effect/vitest"
import { CheapAi, Music, RetryPolicy } from "@effect-cheapai/core"
import { Faults, Ledger, Simulated, VirtualTime } from "@effect-cheapai/testing"
import { Console, Effect, Either, Random, Ref } from "effect"
import { song } from "./songs.js"

const ideas = ["rain", "wind", "snow"]

/** What was paid, which paid tasks the program was never told of, and how many submits say that this may be so. */
const run = (plan: Faults.Plan, retry: RetryPolicy.AnyPolicy) =>
  Effect.gen(function* () {
    const told = yield* Ref.make<ReadonlyArray<string | undefined>>([])
    const songs = yield* Effect.forEach(ideas, (idea) => Effect.either(song(idea)), { concurrency: 2 }).pipe(
      CheapAi.onSubmitted(({ id }) => Ref.update(told, (ids) => [...ids, id]))
    )
    const { ledger } = yield* Simulated.Simulator
    const paid = Ledger.charges(yield* ledger).map(({ taskId }) => taskId)
    const ids = yield* Ref.get(told)
    const inDoubt = songs
      .filter(Either.isLeft)
      .filter(({ left }) => left.route === Music.Generate.key && ["unknown", "failed"].includes(left.outcome))
    return { paid: paid.length, untold: paid.filter((id) => !ids.includes(id)).length, inDoubt: inDoubt.length }
  }).pipe(
    VirtualTime.failOnDeadlock,
    Effect.provide(Faults.layer(plan, { retry })),
    Effect.withRandom(Random.make("back-off")),
    Effect.provide(VirtualTime.layer())
  )

const seeds = Array.from({ length: 50 }, (_, n) => n + 1)
const odds: Faults.Options = { rate: { submit: 0.5, poll: 0.5 }, length: 4 }

it.live.each(seeds)("is paid once a song and told of every task: seed %i", (seed) => {
  const plan = Faults.plan(seed, odds)
  return Effect.gen(function* () {
    const { inDoubt, paid, untold } = yield* run(plan, RetryPolicy.payOnce)
    expect(paid).toBeLessThanOrEqual(ideas.length)
    expect(untold).toBeLessThanOrEqual(inDoubt)
  }).pipe(Effect.onError(() => Console.error(`seed ${seed}: ${Faults.toScript(plan)}`)))
})

const kept = Faults.script(
  Faults.strike("submit", 1, "stall", { booked: true }),
  Faults.strike("submit", 4, "cut-reset", { booked: false }),
  Faults.strike("poll", 4, "date-ahead")
)

it.live("a plan that was kept makes the documented strategy pay twice", () =>
  Effect.gen(function* () {
    expect(yield* run(kept, RetryPolicy.documented)).toMatchObject({ paid: 4, untold: 1, inDoubt: 0 })
    expect(yield* run(kept, RetryPolicy.payOnce)).toMatchObject({ paid: 3, untold: 1, inDoubt: 1 })
  })
)
