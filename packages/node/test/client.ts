/** The client under test, quick enough for sockets, and the two calls that the tests make with it. */
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import type * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

/** At most 3 requests, 5 milliseconds apart. */
export const quick: RetryPolicy.RetryPolicy = Schedule.spaced("5 millis").pipe(
  Schedule.intersect(Schedule.recurs(2)),
  Schedule.whileInput(CheapAiError.isTransient)
)

/** A program's own policy that would send anything again, ten times. */
export const eager: RetryPolicy.RetryPolicy = Schedule.spaced("1 millis").pipe(Schedule.intersect(Schedule.recurs(10)))

export const layer = (baseUrl: string, options: Partial<NodeCheapAi.Options> = {}) =>
  NodeCheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl, retry: quick, ...options })

export const song: Music.Input = { model: "music-2.5", idea: "rain on a tin roof", instrumental: true }
export const submit = Music.generate(song)
export const submitRoute = Music.Generate.key
export const credits = Account.credits
export const creditsRoute = Account.Credits.key
