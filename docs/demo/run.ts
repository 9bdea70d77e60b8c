/** Runs a program of this folder: Ctrl-C interrupts it, a failure becomes a sentence and exit code 1. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { CheapAiError } from "@effect-cheapai/core"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { red } from "./terminal.js"

const sentence = (error: unknown): string => {
  if (CheapAiError.is(error)) return CheapAiError.explain(error)
  if (ConfigError.isConfigError(error)) {
    return `${String(error)}\nSet CHEAPAI_API_KEY to a key from the dashboard.`
  }
  return error instanceof Error ? error.message : String(error)
}

const report = (cause: Cause.Cause<unknown>) =>
  Cause.isInterruptedOnly(cause)
    ? Effect.void
    : Console.error(
        red(
          Option.match(Cause.failureOption(cause), {
            onNone: () => Cause.pretty(cause),
            onSome: sentence
          })
        )
      )

export const run = <E>(program: Effect.Effect<void, E>): void =>
  NodeRuntime.runMain(Effect.tapErrorCause(program, report), { disableErrorReporting: true })
