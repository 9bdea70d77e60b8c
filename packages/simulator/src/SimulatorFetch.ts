/**
 * The simulator as a `fetch` function, for code that takes one. Any origin is answered; there is no CORS, and redirects
 * are not followed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as BrokenConnection from "./internal/brokenConnection.js"
import type { Simulator } from "./Simulator.js"
import type * as Wire from "./Wire.js"

const toWire = async (request: Request): Promise<Wire.WireRequest> => {
  const url = new URL(request.url)
  return {
    method: request.method,
    target: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer())
  }
}

/** Who called, with the signal to end it. A `Request` must live as long as we wait: its signal hears of aborts only then. */
interface Caller {
  readonly input: Parameters<typeof globalThis.fetch>[0]
  readonly signal: AbortSignal
}

/** The caller's own signal: one derived from it would be held weakly. */
const signalOf = (input: Caller["input"], init: RequestInit | undefined): AbortSignal =>
  init?.signal ?? (input instanceof Request ? input.signal : new AbortController().signal)

/** Calls back at the abort, also if that has been; gives the way to stop listening. */
const onAbort = (caller: Caller, callback: (reason: unknown) => void): (() => void) => {
  const listener = () => callback(caller.signal.reason)
  if (caller.signal.aborted) listener()
  else caller.signal.addEventListener("abort", listener, { once: true })
  return () => caller.signal.removeEventListener("abort", listener)
}

const orAborted = <A>(caller: Caller, promise: Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    const release = onAbort(caller, reject)
    promise.then(resolve, reject).finally(release)
  })

const never = new Promise<never>(() => {})

const broken = (message: string, reply: Pick<Wire.WireReply, "end" | "isUnread" | "surplus">): TypeError =>
  new TypeError(message, { cause: BrokenConnection.cause(reply) })

type Sleep = (millis: number, signal: AbortSignal) => Promise<void>

const toStream = (reply: Wire.WireReply, caller: Caller, sleep: Sleep): ReadableStream<Uint8Array> => {
  const chunks = reply.chunks.values()
  const stopped = new AbortController()
  let release = () => {}
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      release = onAbort(caller, (reason) => {
        stopped.abort()
        controller.error(reason)
      })
    },
    pull: async (controller) => {
      const next = chunks.next()
      if (next.done !== true) {
        if (reply.pause !== undefined) await sleep(reply.pause, stopped.signal)
        return controller.enqueue(next.value)
      }
      if (reply.end === "stall") return never
      release()
      return reply.end === "complete" ? controller.close() : controller.error(broken("terminated", { end: reply.end }))
    },
    cancel: () => {
      release()
      stopped.abort()
    }
  })
}

/** The statuses whose responses have no body by the fetch standard. */
const isBodiless = (status: number): boolean => [204, 205, 304].includes(status)

const toResponse = async (reply: Wire.WireReply, caller: Caller, sleep: Sleep): Promise<Response> => {
  if (reply.head === undefined) {
    if (reply.end === "stall") return orAborted(caller, never)
    throw broken("fetch failed", reply)
  }
  const { status, headers } = reply.head
  if (status < 200 || status > 599) throw broken("fetch failed", { end: "close" })
  return new Response(isBodiless(status) ? null : toStream(reply, caller, sleep), { status, headers })
}

/**
 * A `fetch` that this simulator answers. No reply rejects with `TypeError("fetch failed")`, a reply that breaks off
 * fails its body with `TypeError("terminated")`, and a stalled one stays pending until its signal aborts. Give a runtime
 * to have another clock than the live one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fetch =
  (simulator: Simulator, runtime: Runtime.Runtime<never> = Runtime.defaultRuntime): typeof globalThis.fetch =>
  async (input, init) => {
    const caller = { input, signal: signalOf(input, init) }
    caller.signal.throwIfAborted()
    const request = await orAborted(caller, toWire(new Request(input, { ...init, signal: null })))
    const sleep: Sleep = (millis, signal) => Runtime.runPromise(runtime, Effect.sleep(millis), { signal })
    return toResponse(await Runtime.runPromise(runtime, simulator.handle(request)), caller, sleep)
  }
