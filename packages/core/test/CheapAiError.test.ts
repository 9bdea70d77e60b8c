import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type { Evidence, TransportCode } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inVirtualTime, submit } from "./calls.js"
import { fixture, fixtures } from "./fixtures.js"

interface Reply {
  readonly status: number
  readonly contentType: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

interface Case {
  readonly tag: keyof typeof CheapAiError.catalogue
  readonly given: {
    readonly reply?: Reply
    readonly fails?: { readonly code: TransportCode; readonly evidence: Evidence }
    readonly never?: { readonly evidence: Evidence }
    readonly input?: Music.Input
    readonly encoded?: unknown
    readonly poll?: unknown
  }
  readonly expect: { readonly isTransient: boolean; readonly isRetryable: boolean; readonly outcome: string }
}

const stepOf = ({ body, contentType, headers, status }: Reply): Script.Step =>
  Script.wire({
    head: { status, headers: { ...headers, ...(contentType === null ? {} : { "content-type": contentType }) } },
    chunks: [new TextEncoder().encode(body)],
    end: "complete"
  })

const happens = ({ given }: Case): Effect.Effect<unknown, unknown> => {
  const call = (steps: ReadonlyArray<Script.Step>, effect: Effect.Effect<unknown, unknown, CheapAi.CheapAi> = submit) =>
    effect.pipe(CheapAi.withRetryPolicy(RetryPolicy.none), inVirtualTime, Effect.provide(Script.layer(steps)))
  if (given.reply) return call([stepOf(given.reply)])
  if (given.fails) return call([Script.fails(given.fails.code, { evidence: given.fails.evidence })])
  if (given.never) return call([Script.never(given.never)])
  if (given.input) return call([], Music.generate(given.input))
  if (given.poll) return call([Script.reply(200, given.poll)], Task.await(Task.fromId(Music.Generate, "t-1")))
  return Effect.flatMap(Schema.decodeUnknown(CheapAiError.CheapAiError)(given.encoded), Effect.fail)
}

const cases = fixtures<Case>("errors")

describe("the catalogue of errors", () => {
  it.each(Object.keys(CheapAiError.catalogue))("%s has a fixture, a remedy and expected answers", (tag) => {
    const own = cases.filter(([, { tag: of }]) => of === tag)
    expect(own.length).toBeGreaterThan(0)
    for (const [, { expect: answers }] of own) {
      expect(Object.keys(answers).sort()).toEqual(["isRetryable", "isTransient", "outcome"])
    }
  })

  it.effect.each(cases)("%s", ([, given]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(happens(given))
      expect(CheapAiError.is(error)).toBe(true)
      if (!CheapAiError.is(error)) return
      expect(error._tag).toBe(given.tag)
      expect(error).toMatchObject(given.expect)
      expect(error.remedy.length).toBeGreaterThan(20)
      expect(CheapAiError.explain(error)).toContain(error.remedy)
      expect(CheapAiError.isTransient(error)).toBe(given.expect.isTransient)
      expect(CheapAiError.isRetryable(error)).toBe(given.expect.isRetryable)
    })
  )

  it.effect.each(cases)("%s survives a wire, without its body", ([, given]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(happens(given))
      if (!CheapAiError.is(error)) return yield* Effect.dieMessage("no error of the table")
      const json = JSON.stringify(yield* Schema.encode(CheapAiError.CheapAiError)(error))
      expect(json).not.toContain('"body"')
      const back = yield* Schema.decodeUnknown(CheapAiError.CheapAiError)(JSON.parse(json))
      expect(back).toBeInstanceOf(CheapAiError.catalogue[error._tag])
      expect(JSON.stringify(yield* Schema.encode(CheapAiError.CheapAiError)(back))).toBe(json)
    })
  )
})

interface Vector extends Reply {
  readonly name: string
  readonly tag: string
}

describe("the documented bodies", () => {
  const { cases: vectors } = fixture<{ readonly cases: ReadonlyArray<Vector> }>("error-bodies.json")

  it.effect.each(vectors)("$name", ({ body, contentType, name: _, ...expected }) =>
    Effect.gen(function* () {
      const reply = stepOf({ body, contentType, status: expected.status })
      const error = yield* submit.pipe(
        CheapAi.withRetryPolicy(RetryPolicy.none),
        Effect.flip,
        Effect.provide(Script.layer([reply]))
      )
      const { tag, ...fields } = expected
      expect(error).toMatchObject({ ...fields, _tag: tag })
    })
  )

  it.effect("the body stays with the error, hidden and at most 8 KiB", () =>
    Effect.gen(function* () {
      const error = yield* Account.credits.pipe(
        CheapAi.withRetryPolicy(RetryPolicy.none),
        Effect.flip,
        Effect.provide(Script.layer([Script.wire(Wire.text(500, "x".repeat(20_000)))]))
      )
      if (error._tag !== "InternalError" || error.body === undefined) return expect.unreachable()
      expect(Redacted.value(error.body)).toBe("x".repeat(8192))
      expect(String(error.body)).not.toContain("x")
    })
  )
})

describe("guards", () => {
  const pace = new CheapAiError.RateLimitedError({ message: "slow down", reason: "pace" })
  const daily = new CheapAiError.RateLimitedError({ message: "cap", reason: "daily-limit" })
  const none = new CheapAiError.TransportError({ message: "gone", code: "reset" })

  it("isStatus matches the reply's status and nothing else", () => {
    expect(CheapAiError.isStatus(429, 503)(pace)).toBe(true)
    expect(CheapAiError.isStatus(503)(pace)).toBe(false)
    expect(CheapAiError.isStatus(429)(none)).toBe(false)
    expect(CheapAiError.isStatus(429)({ status: 429 })).toBe(false)
  })

  it("isAccount means 401, 402, 403 and the daily limit", () => {
    const accounts = [
      new CheapAiError.UnauthorizedError({ message: "", reason: "expired" }),
      new CheapAiError.InsufficientBalanceError({ message: "" }),
      new CheapAiError.ForbiddenError({ message: "" }),
      daily
    ]
    expect(accounts.map(CheapAiError.isAccount)).toEqual([true, true, true, true])
    expect([pace, none, new Error("402")].map(CheapAiError.isAccount)).toEqual([false, false, false])
  })
})
