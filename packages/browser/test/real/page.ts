/** The page under test, bundled for a browser: starts a program, tells how it ended. */

import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as BrowserCheapAi from "../../src/BrowserCheapAi.js"
import { type Name, type Options, programs, soon } from "./programs.js"

export interface Settings extends Options {
  readonly baseUrl: string
  readonly token?: string
  readonly isKeyAllowed?: boolean
  readonly waitForOnline?: boolean
  /** In milliseconds, of the attempt and of the whole call. */
  readonly attempt?: number
  readonly total?: number
  /** Default 1: nothing is sent again. */
  readonly tries?: number
}

/** An error crosses to the test as it would cross any wire. */
export type End =
  | { readonly value: unknown }
  | { readonly error: typeof CheapAiError.CheapAiError.Encoded; readonly explanation: string }
  | { readonly failure: string }

const layerOf = ({ baseUrl, isKeyAllowed, token, waitForOnline }: Settings) =>
  BrowserCheapAi.layer({
    baseUrl,
    waitForOnline,
    token: token === undefined ? undefined : Redacted.make(token),
    dangerouslyAllowApiKeyInBrowser: isKeyAllowed
  })

const run = (name: Name, settings: Settings): Effect.Effect<unknown, unknown> => {
  const program: Effect.Effect<unknown, unknown, CheapAi.CheapAi> = programs[name](settings)
  return program.pipe(
    CheapAi.withRetryPolicy(soon(settings.tries ?? 1)),
    CheapAi.withTimeouts({ attempt: settings.attempt, total: settings.total }),
    Effect.provide(layerOf(settings))
  )
}

const told = (exit: Exit.Exit<unknown, unknown>): End => {
  if (Exit.isSuccess(exit)) return { value: exit.value }
  const failure = Cause.squash(exit.cause)
  return CheapAiError.is(failure)
    ? {
        error: Schema.encodeSync(CheapAiError.CheapAiError)(failure),
        explanation: CheapAiError.explain(failure)
      }
    : { failure: Cause.pretty(exit.cause) }
}

let running: Fiber.RuntimeFiber<unknown, unknown> | undefined

const page = {
  start: (name: Name, settings: Settings): void => {
    running = Effect.runFork(run(name, settings))
  },
  end: (): Promise<End> =>
    running === undefined
      ? Promise.reject(new Error("Nothing was started"))
      : Effect.runPromise(Effect.map(Fiber.await(running), told)),
  interrupt: async (): Promise<void> => {
    if (running !== undefined) await Effect.runPromise(Fiber.interrupt(running))
  }
}

declare global {
  var cheapai: typeof page
}

globalThis.cheapai = page
