import { getEventListeners } from "node:events"
import { describe, expect, it, vi } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorFetch from "@effect-cheapai/simulator/SimulatorFetch"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { body, CREDITS, MUSIC } from "./requests.js"

const url = "https://api.example.test/v1/credits"
const headers = { authorization: "Bearer sk_test_valid" }

const setup = (...faults: ReadonlyArray<Fault.Fault>) => {
  const simulator = Effect.runSync(Simulator.make())
  Effect.runSync(simulator.inject(...faults))
  return { simulator, fetch: SimulatorFetch.fetch(simulator) }
}

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => error
  )

/** Whether a promise is still pending once everything that can run has run. */
const isPending = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => false), new Promise((resolve) => setTimeout(() => resolve(true), 20))])

describe("SimulatorFetch", () => {
  it("answers a URL, a string and a Request, with their headers and body", async () => {
    const { fetch, simulator } = setup()
    for (const input of [url, new URL(url)]) {
      expect(await (await fetch(input, { headers })).json()).toEqual({ success: true, credits: 100_000 })
    }
    const post = new Request("https://api.example.test/v1m/task/music-generation", {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body)
    })
    expect((await fetch(post)).status).toBe(200)
    expect(Ledger.charges(Effect.runSync(simulator.ledger))).toHaveLength(1)
    expect(Effect.runSync(simulator.requests).map(({ route }) => route)).toEqual([CREDITS, CREDITS, MUSIC])
  })

  it("streams a result file whole", async () => {
    const simulator = Effect.runSync(Simulator.make({ taskDuration: 0 }))
    const fetch = SimulatorFetch.fetch(simulator)
    const init = { method: "POST", headers: { ...headers, "content-type": "application/json" } }
    await fetch("https://a.test/v1m/task/music-generation", { ...init, body: JSON.stringify(body) })
    const file = await fetch("https://a.test/files/task_000001-1.wav")
    expect((await file.arrayBuffer()).byteLength).toBe(Number(file.headers.get("content-length")))
  })

  it("rejects a drop as fetch does, with the cause's code", async () => {
    const { fetch } = setup(Fault.drop(CREDITS), Fault.drop(CREDITS, { end: "close" }))
    for (const code of ["ECONNRESET", "UND_ERR_SOCKET"]) {
      const error = await caught(fetch(url, { headers }))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ message: "fetch failed", cause: { code } })
    }
  })

  it("gives half a body and then fails", async () => {
    const { fetch } = setup(Fault.cut(CREDITS, { end: "reset" }))
    const response = await fetch(url, { headers })
    expect(response.headers.get("content-length")).toBe("33")
    const error = await caught(response.text())
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: "terminated", cause: { code: "ECONNRESET" } })
  })

  it("stays pending on a stall until its signal aborts", async () => {
    const { fetch } = setup(Fault.stall(CREDITS, { times: 2 }))
    const controller = new AbortController()
    const reply = fetch(url, { headers, signal: controller.signal })
    const byRequest = fetch(new Request(url, { headers, signal: controller.signal }))
    expect(await isPending(Promise.race([reply, byRequest]))).toBe(true)
    controller.abort("enough")
    expect(await caught(reply)).toBe("enough")
    expect(await caught(byRequest)).toBe("enough")
  })

  it("stays pending in a body that stalls until its signal aborts", async () => {
    const { fetch } = setup(Fault.cut(CREDITS, { end: "stall" }))
    const controller = new AbortController()
    const text = (await fetch(url, { headers, signal: controller.signal })).text()
    expect(await isPending(text)).toBe(true)
    controller.abort("enough")
    expect(await caught(text)).toBe("enough")
  })

  it("sends nothing when the signal has aborted before", async () => {
    const { fetch, simulator } = setup()
    expect(await caught(fetch(url, { signal: AbortSignal.abort("never") }))).toBe("never")
    expect(Effect.runSync(simulator.requests)).toEqual([])
  })

  it("leaves no listener on a signal once its replies are read or refused", async () => {
    const { fetch } = setup(Fault.drop(CREDITS), Fault.cut(CREDITS))
    const { signal } = new AbortController()
    for (let count = 0; count < 3; count++) await caught(fetch(url, { signal }).then((response) => response.text()))
    await (await fetch(url, { signal })).body?.cancel()
    await isPending(Promise.resolve())
    expect(getEventListeners(signal, "abort")).toHaveLength(0)
  })

  it("rejects what a Request cannot be", async () => {
    const { fetch } = setup()
    expect(await caught(fetch("http://"))).toBeInstanceOf(TypeError)
  })

  it.each([204, 304])("a %i has no body", async (status) => {
    const { fetch } = setup(Fault.reply(CREDITS, Wire.text(status, "ignored")))
    const response = await fetch(url)
    expect(response.status).toBe(status)
    expect(response.body).toBeNull()
  })

  it.each([101, 600])("a status that fetch cannot give, %i, rejects", async (status) => {
    const { fetch } = setup(Fault.reply(CREDITS, Wire.text(status, "")))
    expect(await caught(fetch(url))).toBeInstanceOf(TypeError)
  })

  it.effect("runs by the clock of the runtime it is given", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const fetch = SimulatorFetch.fetch(simulator, yield* Effect.runtime<never>())
      yield* TestClock.adjust("5 seconds")
      yield* Effect.promise(() => fetch(url))
      expect((yield* simulator.requests).map(({ at }) => at)).toEqual([5000])
    })
  )

  it("drips by the clock of its runtime, and stops at an abort or a cancel", async () => {
    const { fetch, simulator } = setup(Fault.drip(CREDITS, { pause: 5 }))
    expect(await (await fetch(url, { headers })).json()).toEqual({ success: true, credits: 100_000 })
    Effect.runSync(simulator.inject(Fault.drip(CREDITS, { pause: "1 hour", times: 2 })))
    const controller = new AbortController()
    const reading = caught((await fetch(url, { headers, signal: controller.signal })).text())
    expect(await isPending(reading)).toBe(true)
    controller.abort(new Error("enough"))
    expect(await reading).toMatchObject({ message: "enough" })
    const reader = (await fetch(url, { headers })).body?.getReader()
    const read = reader?.read()
    await reader?.cancel()
    expect(await read).toEqual({ done: true, value: undefined })
  })

  it("rejects a request that was not read as one that broke while it was written", async () => {
    const { fetch, simulator } = setup(Fault.unread(CREDITS))
    expect(await caught(fetch(url, { headers }))).toMatchObject({ cause: { code: "ECONNRESET", syscall: "write" } })
    expect(Effect.runSync(simulator.requests)).toMatchObject([{ fault: "unread", status: undefined }])
  })

  it.each(["abort", "cancel"] as const)("leaves no timer behind when a drip meets an %s", async (stop) => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length
    const { fetch } = setup(Fault.drip(CREDITS, { pause: "1 hour" }))
    const before = timers()
    const controller = new AbortController()
    const reader = (await fetch(url, { headers, signal: controller.signal })).body?.getReader()
    const read = caught(reader?.read() ?? Promise.reject(new Error("no body")))
    await vi.waitFor(() => expect(timers()).toBe(before + 1))
    if (stop === "abort") controller.abort()
    else await reader?.cancel()
    await read
    await vi.waitFor(() => expect(timers()).toBe(before))
  })
})
