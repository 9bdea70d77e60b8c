/**
 * The simulator as a `fetch` function, for code that takes one. Any origin is answered; there is no CORS, and redirects
 * are not followed.
 *
 * @since 0.1.0
 */
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

/** The caller's own signal: the one a `Request` derives from it is held weakly, and can be collected while we wait. */
const signalOf = (input: Parameters<typeof globalThis.fetch>[0], init: RequestInit | undefined): AbortSignal =>
  init?.signal ?? (input instanceof Request ? input.signal : new AbortController().signal)

/** Calls back at the abort, also if that has been; gives the way to stop listening. */
const onAbort = (signal: AbortSignal, callback: (reason: unknown) => void): (() => void) => {
  const listener = () => callback(signal.reason)
  if (signal.aborted) listener()
  else signal.addEventListener("abort", listener, { once: true })
  return () => signal.removeEventListener("abort", listener)
}

const orAborted = <A>(signal: AbortSignal, promise: Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    const release = onAbort(signal, reject)
    promise.then(resolve, reject).finally(release)
  })

const never = new Promise<never>(() => {})

const broken = (message: string, end: Wire.WireEnd): TypeError =>
  new TypeError(message, { cause: BrokenConnection.cause(end === "reset" ? "reset" : "close") })

const toStream = (reply: Wire.WireReply, signal: AbortSignal): ReadableStream<Uint8Array> => {
  const chunks = reply.chunks.values()
  let release = () => {}
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      release = onAbort(signal, (reason) => controller.error(reason))
    },
    pull: (controller) => {
      const next = chunks.next()
      if (next.done !== true) return controller.enqueue(next.value)
      if (reply.end === "stall") return never
      release()
      return reply.end === "complete" ? controller.close() : controller.error(broken("terminated", reply.end))
    },
    cancel: () => release()
  })
}

/** The statuses whose responses have no body by the fetch standard. */
const isBodiless = (status: number): boolean => [204, 205, 304].includes(status)

const toResponse = async (reply: Wire.WireReply, signal: AbortSignal): Promise<Response> => {
  if (reply.head === undefined) {
    if (reply.end === "stall") return orAborted(signal, never)
    throw broken("fetch failed", reply.end)
  }
  const { status, headers } = reply.head
  if (status < 200 || status > 599) throw broken("fetch failed", "close")
  return new Response(isBodiless(status) ? null : toStream(reply, signal), { status, headers })
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
    const signal = signalOf(input, init)
    signal.throwIfAborted()
    const request = await orAborted(signal, toWire(new Request(input, { ...init, signal: null })))
    return toResponse(await Runtime.runPromise(runtime, simulator.handle(request)), signal)
  }
