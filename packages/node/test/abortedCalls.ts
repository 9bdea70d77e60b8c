/** A thousand calls whose callers' signals abort them in one phase, and what is left of them. */
import { getEventListeners, setMaxListeners } from "node:events"
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import * as ServerSockets from "./serverSockets.js"

export const atOnce = 50
export const count = 1000

/** Calls that all come to one phase and stay in it. */
export interface Phase {
  /** Of the server that they call. */
  readonly url: string
  readonly call: Effect.Effect<unknown, unknown, CheapAi.CheapAi>
  /** Waits until so many calls have come to the phase. */
  readonly reached: (count: number) => Effect.Effect<void>
  /** What the client needs to come to the phase. */
  readonly options?: Partial<NodeCheapAi.Options>
  /** Where the end of a connection is seen: a server that doesn't read doesn't hear of it. */
  readonly seenAt: "client" | "server"
}

export interface Aborted {
  /** How the calls ended. */
  readonly exits: ReadonlySet<string>
  /** On the signals, after their calls had ended. */
  readonly listeners: number
}

const nameOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  return Cause.isInterruptedOnly(exit.cause) ? "interrupted" : Cause.pretty(exit.cause)
}

/** Fifty at a time, which share a signal. */
export const abortAll = <E>(
  runtime: ManagedRuntime.ManagedRuntime<CheapAi.CheapAi, E>,
  { call, reached }: Phase
): Effect.Effect<Aborted> =>
  Effect.gen(function* () {
    const exits = new Set<string>()
    let listeners = 0
    for (let begun = atOnce; begun <= count; begun += atOnce) {
      const controller = new AbortController()
      const { signal } = controller
      setMaxListeners(atOnce, signal)
      const calls = Array.from({ length: atOnce }, () => runtime.runPromiseExit(call, { signal }))
      yield* reached(begun)
      controller.abort()
      for (const exit of yield* Effect.promise(() => Promise.all(calls))) exits.add(nameOf(exit))
      listeners += getEventListeners(signal, "abort").length
    }
    return { exits, listeners }
  })

const active = (name: string): number => process.getActiveResourcesInfo().filter((other) => other === name).length

/** Those that keep the process alive. */
export const timers = (): number => active("Timeout")

/** Connections of the calls, counted from now on. */
export const connections = ({ seenAt, url }: Phase): Effect.Effect<() => number, never, Scope.Scope> =>
  Effect.map(ServerSockets.watch(url), ({ open }) => {
    if (seenAt === "server") return open
    const before = active("TCPSocketWrap")
    return () => active("TCPSocketWrap") - open() - before
  })

/** The number, once it has come down to `most`; what it is after a minute otherwise. */
export const fallen = (number: () => number, most: number): Effect.Effect<number> =>
  Effect.sync(number).pipe(
    Effect.zipLeft(Effect.sleep("10 millis")),
    Effect.repeat({ until: (now) => now <= most, times: 6000 })
  )
