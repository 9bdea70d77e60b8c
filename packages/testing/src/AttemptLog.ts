/**
 * What a client did, as text: each attempt, the wait before it, what became of it, and how each call ended. The same
 * program over the same seed writes the same text, so two runs can be compared line by line. What arrived on the other
 * side is the simulator's to say, or `Script.Recorder`'s.
 *
 * @since 0.1.0
 */
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

/**
 * The lines so far, oldest first. Each begins with its time (of an attempt: its start), in milliseconds since
 * the first call, and the number of its call:
 *
 * ```text
 *        0 ms  call 1  POST /v1m/task/music-generation  try 1  503 ServiceUnavailableError  rejected  started  took 0 ms
 *      734 ms  call 1  POST /v1m/task/music-generation  try 2 after backoff 734 ms  200 success  started  took 0 ms
 *      734 ms  call 1  ended: success
 * ```
 *
 * @since 0.1.0
 * @category testing
 */
export class AttemptLog extends Context.Tag("@effect-cheapai/testing/AttemptLog")<
  AttemptLog,
  { readonly lines: Effect.Effect<ReadonlyArray<string>>; readonly text: Effect.Effect<string> }
>() {}

const millis = (number: number): string => `${Math.round(number)} ms`

const lineOf = (attempt: Attempt): string => {
  const { code, outcome, result, route, status, took, waited, waitedFor } = attempt
  const wait = waitedFor === undefined ? "" : ` after ${waitedFor} ${millis(Duration.toMillis(waited))}`
  return [
    route,
    `try ${attempt.number}${wait}`,
    [status, result, code].filter((part) => part !== undefined).join(" "),
    ...(outcome === undefined ? [] : [outcome]),
    attempt.evidence,
    `took ${millis(Duration.toMillis(took))}`
  ].join("  ")
}

const endOf = <A>(exit: Exit.Exit<A, CallError>): string =>
  Exit.match(exit, {
    onSuccess: () => "success",
    onFailure: (cause) => {
      if (cause._tag !== "Fail") return Exit.isInterrupted(exit) ? "interrupted" : "defect"
      const { _tag, outcome, stopped } = cause.error
      return `${_tag}, ${outcome}${stopped === undefined ? "" : `, ${stopped}`}`
    }
  })

interface Log {
  readonly calls: number
  /** When the first call began. */
  readonly begun: number
  readonly lines: Chunk.Chunk<string>
}

const empty: Log = { calls: 0, begun: 0, lines: Chunk.empty() }

const begin =
  (now: number) =>
  (log: Log): readonly [number, Log] => {
    const calls = log.calls + 1
    return [calls, { ...log, calls, begun: calls === 1 ? now : log.begun }]
  }

const write = (log: Ref.Ref<Log>, call: number, at: number, line: string) =>
  Ref.update(log, (before) => ({
    ...before,
    lines: Chunk.append(before.lines, `${millis(at - before.begun).padStart(11)}  call ${call}  ${line}`)
  }))

/** An attempt that the call's total time cut short is not shown, but it is in the error. */
const untold = <A>(exit: Exit.Exit<A, CallError>, told: number): ReadonlyArray<Attempt> =>
  Exit.isFailure(exit) && exit.cause._tag === "Fail" ? exit.cause.error.attempts.slice(told) : []

const logged = (log: Ref.Ref<Log>, service: CheapAi.Service): CheapAi.Service => ({
  ...service,
  execute: (route, input) =>
    Effect.gen(function* () {
      const call = yield* Ref.modify(log, begin(yield* Clock.currentTimeMillis))
      let told = 0
      const tell = (attempt: Attempt) => {
        told++
        return write(log, call, DateTime.toEpochMillis(attempt.startedAt), lineOf(attempt))
      }
      return yield* service.execute(route, input).pipe(
        CheapAi.tapAttempt(tell),
        Effect.onExit((exit) =>
          Effect.forEach(untold(exit, told), tell).pipe(
            Effect.zipRight(Clock.currentTimeMillis),
            Effect.flatMap((now) => write(log, call, now, `ended: ${endOf(exit)}`))
          )
        )
      )
    })
})

/**
 * The same service, its calls logged: `TestCheapAi.layerSimulator().pipe(AttemptLog.record)`. Polls of tasks are calls too.
 *
 * @since 0.1.0
 * @category layers
 */
export const record = <A, E, R>(
  service: Layer.Layer<A | CheapAi.CheapAi, E, R>
): Layer.Layer<A | CheapAi.CheapAi | AttemptLog, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const log = yield* Ref.make(empty)
      const lines = Effect.map(Ref.get(log), (now) => Chunk.toReadonlyArray(now.lines))
      return Context.make(CheapAi.CheapAi, logged(log, yield* CheapAi.CheapAi)).pipe(
        Context.add(AttemptLog, { lines, text: Effect.map(lines, (all) => all.join("\n")) })
      )
    })
  ).pipe(Layer.provideMerge(service))
