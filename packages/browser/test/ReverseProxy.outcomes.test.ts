import { RequestError } from "@effect/platform/HttpClientError"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type { Evidence, TransportCode } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Multipart from "@effect-cheapai/core/Multipart"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as OwnServer from "./ownServer.js"
import * as Page from "./page.js"
import * as Wire from "./wire.js"

const submit = Music.generate({ model: "music-2.5", idea: "rain on a tin roof" })
const read = Account.credits
const quick = { timeouts: { attempt: "300 millis", idle: "1 second" } } as const

/** A client that reports how far a request came, and what then went wrong. */
const failing = (evidence: Evidence, code: TransportCode = "unknown", end: "fails" | "dies" | "hangs" = "fails") => {
  const answer: Wire.Answer = (request) =>
    Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
      inFlight.evidence = evidence
      if (end === "dies") return Effect.dieMessage("a fault in the client")
      return end === "hangs" ? Effect.never : Effect.fail(new RequestError({ request, reason: "Transport" }))
    })
  const adapter = { evidence: "not-started", codeOf: () => code, headers: {}, makeBody: Multipart.toStream } as const
  return Layer.merge(Wire.make(answer).layer, Layer.succeed(Transport.Transport, adapter))
}

/** How the calls of a page end that has this between its server and the service. */
const ends = (upstream: Parameters<typeof OwnServer.inMemory>[0]) =>
  Effect.gen(function* () {
    const ask = yield* OwnServer.inMemory(upstream, quick)
    const end = <A, E>(call: Effect.Effect<A, E, CheapAi.CheapAi>) =>
      Effect.flip(Page.over(ask)(CheapAi.withRetryPolicy(RetryPolicy.none)(call)))
    return { submit: yield* end(submit), read: yield* end(read) }
  })

describe("a call that failed on the way to the service", () => {
  const rejected = { _tag: "ServiceUnavailableError", outcome: "rejected", isRetryable: true }
  const unknown = { _tag: "UnexpectedStatusError", status: 504, outcome: "unknown", isRetryable: false }

  it.scopedLive.each([
    ["refused, not started", failing("not-started", "refused")],
    ["reset before it started", failing("not-started", "reset")],
    ["not resolved, as a client says that reports no start", failing("unknown", "dns")],
    ["never connected", failing("not-started", "unknown", "hangs")]
  ] as const)("%s, may be sent again", ([, upstream]) =>
    Effect.gen(function* () {
      const errors = yield* ends(upstream)
      expect(errors).toMatchObject({ submit: rejected, read: rejected })
    })
  )

  it.scopedLive.each([
    ["reset", failing("started", "reset")],
    ["refused, though it had started", failing("started", "refused")],
    ["nobody knows how", failing("unknown")],
    ["never answered", failing("started", "unknown", "hangs")],
    ["died", failing("unknown", "unknown", "dies")],
    ["answered with a status that no server may send", Wire.make(Wire.status(999)).layer]
  ] as const)("%s, may have been carried out", ([, upstream]) =>
    Effect.gen(function* () {
      const errors = yield* ends(upstream)
      expect(errors).toMatchObject({ submit: unknown, read: { ...unknown, isRetryable: true } })
    })
  )

  it.scopedLive("a submit's reply that broke off within its JSON, too", () =>
    Effect.gen(function* () {
      const errors = yield* ends(Wire.make(Wire.breaking('{"success":true,"task')).layer)
      expect(errors.submit).toMatchObject(unknown)
    })
  )

  it.scopedLive("a submit's reply that broke off behind its JSON still brings the task", () =>
    Effect.gen(function* () {
      const ask = yield* OwnServer.inMemory(Wire.make(Wire.breaking('{"success":true,"task_id":"t-1"}')).layer)
      expect(yield* Page.over(ask)(submit)).toMatchObject({ id: "t-1" })
    })
  )

  it.scopedLive("a refusal whose body broke off is still that refusal", () =>
    Effect.gen(function* () {
      const { submit } = yield* ends(Wire.make(Wire.breaking('{"success":false,"er', { status: 402 })).layer)
      expect(submit).toMatchObject({ _tag: "InsufficientBalanceError", outcome: "rejected" })
    })
  )

  it.scopedLive("a reply that never ends is given up", () =>
    Effect.gen(function* () {
      const { read, submit } = yield* ends(Wire.make(Wire.stalling('{"success":true,')).layer)
      expect(submit).toMatchObject(unknown)
      expect(read).toMatchObject({ _tag: "TransportError" })
    })
  )

  it.scopedLive("a submit's reply without end is not kept", () =>
    Effect.gen(function* () {
      const { submit } = yield* ends(Wire.make(Wire.reply("7".repeat(5_000_000))).layer)
      expect(submit).toMatchObject(unknown)
    })
  )
})
