import { describe, expect, it } from "@effect/vitest"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import { abortAll, atOnce, connections, count, fallen, type Phase, timers } from "./abortedCalls.js"
import * as CapturedLog from "./capturedLog.js"
import * as Client from "./client.js"
import * as Phases from "./phases.js"
import * as StrayFailures from "./strayFailures.js"
import * as Uploads from "./uploads.js"

type Row = readonly [name: string, phase: Effect.Effect<Phase, never, Scope.Scope>]

/** More than the buffers between the two ends of a socket hold. */
const file = Upload.fromBytes(new Uint8Array(16_000_000), { name: "sound.wav", type: "audio/wav" })

/** So long that nothing but the end of its call ends a request. */
const endless = { attempt: "1 hour", idle: "1 hour", total: "1 hour" } as const

const patience = 180_000

/** Aborts them all, and looks at what is left: at once, while the layer is there, and after it. */
const abort = (phase: Phase, timeouts: CheapAiConfig.Timeouts) =>
  Effect.gen(function* () {
    const stray = yield* StrayFailures.watch
    const open = yield* connections(phase)
    const log = CapturedLog.make()
    const options = { timeouts, connectTimeout: endless.attempt, ...phase.options }
    const layer = Layer.provideMerge(Client.layer(phase.url, options), log.layer)
    const before = timers()
    const runtime = ManagedRuntime.make(layer)
    const { exits, listeners } = yield* abortAll(runtime, phase)
    expect([...exits]).toEqual(["interrupted"])
    expect(listeners).toBe(0)
    return { before, close: runtime.disposeEffect, lines: log.lines, open, stray }
  })

const nothingIsLeft = ({ before, close, open, stray }: Effect.Effect.Success<ReturnType<typeof abort>>) =>
  Effect.gen(function* () {
    yield* close
    expect(yield* fallen(open, 0)).toBe(0)
    expect(yield* fallen(timers, before)).toBeLessThanOrEqual(before)
    yield* StrayFailures.reported
    expect(stray).toEqual([])
  })

const givenUp: ReadonlyArray<Row> = [
  ["reads whose input is checked", Phases.inputCheck(Uploads.readOnly)],
  ["submits whose input is checked", Phases.inputCheck(Uploads.submit)],
  ["reads that connect", Phases.connecting(Client.credits)],
  ["submits that connect", Phases.connecting(Client.submit)],
  ["reads in the limiter's line", Phases.inLine(Client.credits)],
  ["submits in the limiter's line", Phases.inLine(Client.submit)],
  ["reads that wait for the tunnel", Phases.tunnel(Client.credits)],
  ["submits that wait for the tunnel", Phases.tunnel(Client.submit)],
  ["reads in the TLS handshake", Phases.handshake(Client.credits)],
  ["submits in the TLS handshake", Phases.handshake(Client.submit)],
  ["reads of a file that is half sent", Phases.sending(Uploads.readOnly(file))],
  ["reads that wait for a reply", Phases.waiting(Client.credits)],
  ["reads in the middle of a reply", Phases.reading(Client.credits)],
  ["reads that back off", Phases.backOff(Client.credits)],
  ["submits that back off", Phases.backOff(Client.submit)],
  ["tasks between two polls", Phases.betweenPolls],
  ["downloads half-way", Phases.downloading]
]

describe("a layer that is closed", () => {
  it.scopedLive("gives up the connection that a read still waits for", () =>
    Effect.gen(function* () {
      const phase = yield* Phases.connecting(Client.credits)
      const open = yield* connections(phase)
      const options = { timeouts: endless, connectTimeout: endless.attempt, retry: RetryPolicy.none }
      const runtime = ManagedRuntime.make(Client.layer(phase.url, options))
      const read = runtime.runPromiseExit(phase.call)
      yield* phase.reached(1)
      yield* runtime.disposeEffect
      expect(Exit.isFailure(yield* Effect.promise(() => read))).toBe(true)
      expect(yield* fallen(open, 0)).toBe(0)
    })
  )
})

describe(`of ${count} aborted`, () => {
  it.scopedLive.each(givenUp)(
    "%s nothing is left but the pool's connections, and nothing after the layer",
    ([, made]) =>
      Effect.gen(function* () {
        const left = yield* abort(yield* made, endless)
        expect(yield* fallen(left.open, atOnce)).toBeLessThanOrEqual(atOnce)
        expect(yield* fallen(timers, left.before)).toBeLessThanOrEqual(left.before)
        yield* nothingIsLeft(left)
        expect(left.lines).toEqual([])
      }),
    patience
  )

  const goingOn: ReadonlyArray<Row> = [
    ["submits of a file that is half sent", Phases.sending(Uploads.submit(file))],
    ["submits that wait for a reply", Phases.waiting(Client.submit)],
    ["submits in the middle of a reply", Phases.reading(Client.submit)]
  ]

  it.scopedLive.each(goingOn)(
    "%s each ends with its attempt's time, and is told to the log",
    ([, made]) =>
      Effect.gen(function* () {
        const left = yield* abort(yield* made, { attempt: "15 seconds", idle: "15 seconds" })
        expect(yield* fallen(() => count - left.lines.length, 0)).toBe(0)
        expect(yield* fallen(left.open, 0)).toBe(0)
        expect(yield* fallen(timers, left.before)).toBeLessThanOrEqual(left.before)
        yield* nothingIsLeft(left)
      }),
    patience
  )

  it.scopedLive.each(goingOn)(
    "%s nothing is left once the layer is closed",
    ([, made]) =>
      Effect.flatMap(
        Effect.flatMap(made, (phase) => abort(phase, endless)),
        nothingIsLeft
      ),
    patience
  )
})
