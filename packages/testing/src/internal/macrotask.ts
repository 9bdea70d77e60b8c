/** A task of the event loop: it begins when no microtask is left, and lets timers, sockets and test runners have a turn. */

const viaChannel = (): ((task: () => void) => void) => {
  const { port1, port2 } = new MessageChannel()
  const waiting: Array<() => void> = []
  port1.onmessage = () => waiting.shift()?.()
  return (task) => {
    waiting.push(task)
    port2.postMessage(undefined)
  }
}

// Taken once: a test runner's fake timers may replace it later. Browsers have none.
const immediate: unknown = Reflect.get(globalThis, "setImmediate")

export const macrotask: (task: () => void) => void =
  typeof immediate === "function" ? (task) => Reflect.apply(immediate, globalThis, [task]) : viaChannel()
