/** Makes a call to a server with a fault, and holds its end against a verdict: as the caller sees it, and as the server. */
import { inspect } from "node:util"
import { expect } from "@effect/vitest"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Client from "./client.js"
import * as Reply from "./faultReplies.js"
import * as FaultServer from "./faultServer.js"
import * as StrayFailures from "./strayFailures.js"
import { isLate, type Verdict } from "./verdicts.js"

export type Row = readonly [name: string, fault: FaultServer.Fault, verdict: Verdict]

/** One that the caller of `Reply.prompt` makes. */
export type Call = Effect.Effect<unknown, CheapAiError.CallError, CheapAi.CheapAi>

const endOf = (error: CheapAiError.CallError): string => {
  if (error._tag === "TransportError") return `${error._tag} ${error.code}`
  if (error._tag === "TimeoutError") return `${error._tag} ${error.phase}`
  return "status" in error ? `${error._tag} ${error.status}` : error._tag
}

const words = /^[A-Z]\w+Error on [A-Z]+ \/[^ ]+: \S.*[.]( It stopped because [a-z].*[.]) \S.*[.]$/

/** It is told in sentences, and neither it nor the error holds what was sent. */
const isTold = (error: CheapAiError.CallError): void => {
  const told = CheapAiError.explain(error)
  expect(told).toMatch(words)
  expect(told.length).toBeLessThan(1000)
  expect(told).not.toMatch(/undefined|null|NaN|\[object/)
  for (const secret of [Reply.key, Reply.prompt]) {
    expect(told).not.toContain(secret)
    expect(inspect(error, { depth: 9 })).not.toContain(secret)
  }
}

export const judge = (call: Call, replay: "read" | "submit", [, fault, verdict]: Row) =>
  Effect.gen(function* () {
    const stray = yield* StrayFailures.watch
    const server = yield* FaultServer.make(fault)
    const time = verdict === isLate ? "2 seconds" : "20 seconds"
    const options = { apiKey: Redacted.make(Reply.key), timeouts: { attempt: time, idle: time } } as const
    const ended = yield* Effect.provide(Effect.either(call), Client.layer(server.url, options))
    const { requests, stopped } = verdict[replay]
    expect(Either.match(ended, { onLeft: endOf, onRight: () => "success" })).toBe(verdict.ends)
    // What comes before a request may end its connection before the server has read it.
    if (fault.greeting === undefined) expect(server.requests).toHaveLength(requests)
    else expect(server.requests.length).toBeLessThanOrEqual(requests)
    if (Either.isLeft(ended)) {
      expect(ended.left).toMatchObject({ outcome: verdict.outcome, stopped })
      const { _tag, attempts } = ended.left
      expect(attempts.map(({ result }) => result)).toEqual(Array(requests).fill(_tag))
      isTold(ended.left)
    }
    yield* StrayFailures.reported
    expect(stray).toEqual([])
  }).pipe(Effect.scoped)
