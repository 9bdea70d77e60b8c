/**
 * The error of a call that a server answers with a fault, and the memory that it needs beyond ordinary calls: in bytes, at
 * its peak.
 */
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

const [taking = "", refusing = "", faulty = ""] = process.argv.slice(2)

const call = (baseUrl: string) => {
  const retry = Schedule.recurs(2).pipe(Schedule.whileInput(CheapAiError.isTransient))
  return Effect.provide(Account.credits, NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl, retry }))
}

/** `maxRSS` is the highest ever; what lies before the effect does not count. */
const measured = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    const highest = process.resourceUsage().maxRSS
    let peak = before
    const look = Effect.sync(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    })
    const watcher = yield* Effect.fork(Effect.repeat(look, Schedule.spaced("2 millis")))
    const result = yield* effect
    yield* Fiber.interrupt(watcher)
    const { maxRSS } = process.resourceUsage()
    if (maxRSS > highest) peak = Math.max(peak, maxRSS * 1024)
    return { result, growth: peak - before }
  })

const program = Effect.gen(function* () {
  yield* Effect.replicateEffect(call(taking), 10)
  yield* Effect.replicateEffect(Effect.flip(call(refusing)), 10)
  const { growth, result } = yield* measured(Effect.flip(call(faulty)))
  console.log(JSON.stringify({ tag: result._tag, growth }))
})

await Effect.runPromise(program)
