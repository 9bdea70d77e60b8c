/** A page that can lose its network and get it back. */
import * as Effect from "effect/Effect"
import { vi } from "vitest"

export interface Network {
  readonly goOffline: () => void
  readonly goOnline: () => void
  /** How many listen for `online` now. */
  readonly listeners: () => number
}

/** The runtime has a page's `navigator` and events until the scope closes. */
export const network = Effect.acquireRelease(
  Effect.sync((): Network => {
    const page = new EventTarget()
    const navigator = { onLine: true }
    let listening = 0
    const addEventListener = (type: string, listener: () => void, options: { readonly signal: AbortSignal }) => {
      listening += 1
      const left = () => {
        listening -= 1
      }
      options.signal.addEventListener("abort", left, { once: true })
      const heard = () => {
        left()
        listener()
      }
      page.addEventListener(type, heard, options)
    }
    vi.stubGlobal("navigator", navigator)
    vi.stubGlobal("addEventListener", addEventListener)
    return {
      goOffline: () => {
        navigator.onLine = false
      },
      goOnline: () => {
        navigator.onLine = true
        page.dispatchEvent(new Event("online"))
      },
      listeners: () => listening
    }
  }),
  () => Effect.sync(() => vi.unstubAllGlobals())
)
