import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as BrowserCheapAi from "../src/BrowserCheapAi.js"
import { network } from "./offline.js"

const submit = Music.generate({ model: "music-2.5", idea: "rain" }).pipe(
  CheapAi.withTimeouts({ attempt: "1 second", total: "1 minute" })
)

/** A page without a network, on whose behalf a submit has begun to wait. */
const waiting = Effect.gen(function* () {
  const { goOffline, goOnline, listeners } = yield* network
  goOffline()
  let sent = 0
  const fetch = async () => {
    sent += 1
    return Response.json({ success: true, task_id: "t-1" })
  }
  const layer = BrowserCheapAi.layer({ baseUrl: "https://app.example.com/api", waitForOnline: true })
  const fiber = yield* Effect.fork(
    submit.pipe(Effect.provide(layer), Effect.provideService(FetchHttpClient.Fetch, fetch))
  )
  yield* TestClock.adjust("30 seconds")
  expect([sent, listeners()]).toEqual([0, 1])
  return { fiber, goOnline, listeners, sent: () => sent }
})

describe("a page that waits for the network", () => {
  it.scoped("sends once it is there, and listens no longer", () =>
    Effect.gen(function* () {
      const { fiber, goOnline, listeners, sent } = yield* waiting
      goOnline()
      expect(yield* Fiber.join(fiber)).toMatchObject({ id: "t-1" })
      expect([sent(), listeners()]).toEqual([1, 0])
    })
  )

  it.scoped("waits no longer than the call's time, and has sent nothing", () =>
    Effect.gen(function* () {
      const { fiber, goOnline, listeners, sent } = yield* waiting
      yield* TestClock.adjust("30 seconds")
      const error = yield* Effect.flip(Fiber.join(fiber))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent" })
      goOnline()
      yield* TestClock.adjust("1 hour")
      expect([sent(), listeners()]).toEqual([0, 0])
    })
  )

  it.scoped("is interrupted at once, and listens no longer", () =>
    Effect.gen(function* () {
      const { fiber, goOnline, listeners, sent } = yield* waiting
      yield* Fiber.interrupt(fiber)
      goOnline()
      yield* TestClock.adjust("1 hour")
      expect([sent(), listeners()]).toEqual([0, 0])
    })
  )
})
