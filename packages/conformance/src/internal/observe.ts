/** Runs one case and puts together what the program, the server and its ledger have seen. */
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Cause from "effect/Cause"
import type { ConfigError } from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Address, Case, Observation } from "../Case.js"
import * as Account from "./account.js"
import { hurry, speed } from "./hurry.js"

/** How the runtime under test makes a client. */
export type MakeLayer = (options: CheapAiConfig.Options) => Layer.Layer<CheapAi.CheapAi, ConfigError>

/** No system gives this port out by itself. */
const nobody = "http://127.0.0.1:65431"

/** A label is at most 63 characters long, so that no resolver asks the network. */
const nowhere = `${"a".repeat(64)}.invalid`

/** Every host that a client is sent to. */
export const hosts: ReadonlyArray<string> = ["127.0.0.1", nowhere]

const addressOf = (url: string, address: Address = "simulator"): string =>
  ({ simulator: url, nobody, nowhere: `https://${nowhere}`, tls: url.replace("http:", "https:") })[address]

/** A timer may fire a millisecond early, and the server counts whole ones. */
const slack = 5

/** Where a runtime sends by itself, requests can't be told by their tries. */
const earlyOf = (arrivals: Account.Books["requests"], waits: ReadonlyArray<number>): number =>
  arrivals.length !== waits.length + 1
    ? 0
    : waits.filter((wait, index) => {
        const [before, after] = arrivals.slice(index)
        return before !== undefined && after !== undefined && after.at - before.at < wait / speed - slack
      }).length

const causeOf = (error: CheapAiError.CheapAiError): string | undefined => {
  if ("reason" in error) return error.reason
  if ("phase" in error) return error.phase
  return error._tag === "TransportError" ? error.code : undefined
}

const described = (error: CheapAiError.CheapAiError) => ({
  result: error._tag,
  outcome: error.outcome,
  stopped: error.stopped,
  isTransient: error.isTransient,
  isRetryable: error.isRetryable,
  cause: causeOf(error),
  status: "status" in error ? error.status : undefined,
  source: "source" in error ? error.source : undefined,
  retryAfter: Duration.toMillis(CheapAiError.retryAfterOf(error))
})

interface Seen {
  readonly error?: CheapAiError.CheapAiError | undefined
  readonly result: string
}

/** Whatever a client does, the suite goes on: a defect, or a call that never ends, is a result like any other. */
const seenOf = Exit.match({
  onSuccess: (): Seen => ({ result: "success" }),
  onFailure: (cause: Cause.Cause<unknown>): Seen => {
    const error = Cause.squash(cause)
    return CheapAiError.is(error) ? { error, result: error._tag } : { result: Cause.pretty(cause) }
  }
})

const patience = "2 minutes"

const run = (one: Case, layer: Layer.Layer<CheapAi.CheapAi, ConfigError>, tapped: Array<Attempt>) =>
  one.program.pipe(
    CheapAi.tapAttempt((attempt) => Effect.sync(() => tapped.push(attempt))),
    Effect.provide(layer),
    Effect.timeoutFail({ duration: patience, onTimeout: () => "It never ended." }),
    Effect.exit,
    Effect.map(seenOf)
  )

export const observe = (
  makeLayer: MakeLayer,
  url: string,
  one: Case
): Effect.Effect<Observation, Account.SimulatorError> =>
  Effect.gen(function* () {
    yield* Account.begin(url, one.faults)
    const layer = makeLayer({
      apiKey: Redacted.make("sk_test_valid"),
      baseUrl: addressOf(url, one.address),
      retry: RetryPolicy.none,
      ...one.options
    })
    const tapped: Array<Attempt> = []
    const { error, result } = yield* run(one, layer, tapped)
    const attempts = error === undefined || error.attempts.length === 0 ? tapped : error.attempts
    const { entries, requests } = yield* Account.books(url)
    const later = attempts.slice(1)
    const waits = later.map(({ waited }) => Duration.toMillis(waited))
    return {
      ...(error === undefined ? { result } : described(error)),
      tries: attempts.length,
      waits,
      waitedFor: later.map(({ waitedFor }) => waitedFor ?? "nothing"),
      requests: requests.length,
      early: earlyOf(requests, waits),
      charges: entries.filter(({ kind }) => kind === "charge").length
    }
  }).pipe(hurry)
