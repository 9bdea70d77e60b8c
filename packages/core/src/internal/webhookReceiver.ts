/** What the engine asks of a webhook's receiver, when there is one: the address to give away, and to be woken. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Receiver {
  /** Where the service posts finished tasks; its last segment is the token. */
  readonly receiveUrl: string
  /** Takes equally long for every text. */
  readonly isToken: (text: string) => boolean
  /** A latch that notifications of this task open. */
  readonly listen: (taskId: string) => Effect.Effect<Effect.Latch, never, Scope.Scope>
  /** Wakes whoever listens; nothing else comes of it. */
  readonly notify: (taskId: string) => Effect.Effect<void>
}

export class Webhook extends Context.Tag("@effect-cheapai/core/Webhook")<Webhook, Receiver>() {}

const isEqual = (expected: string, text: string): boolean => {
  let difference = expected.length ^ text.length
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ (text.charCodeAt(at) || 0)
  return difference === 0
}

export const makeReceiver = (publicUrl: string, token: string): Receiver => {
  const listeners = new Map<string, ReadonlySet<Effect.Latch>>()

  const add = (taskId: string) =>
    Effect.map(Effect.makeLatch(false), (latch) => {
      listeners.set(taskId, new Set([...(listeners.get(taskId) ?? []), latch]))
      return latch
    })

  const remove = (taskId: string, latch: Effect.Latch) =>
    Effect.sync(() => {
      const others = [...(listeners.get(taskId) ?? [])].filter((other) => other !== latch)
      if (others.length === 0) listeners.delete(taskId)
      else listeners.set(taskId, new Set(others))
    })

  return {
    receiveUrl: `${publicUrl}/${token}`,
    isToken: (text) => isEqual(token, text),
    listen: (taskId) => Effect.acquireRelease(add(taskId), (latch) => remove(taskId, latch)),
    notify: (taskId) =>
      Effect.suspend(() => Effect.forEach(listeners.get(taskId) ?? [], (latch) => latch.open, { discard: true }))
  }
}
