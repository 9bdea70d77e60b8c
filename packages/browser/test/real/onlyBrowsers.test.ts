import { expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as HttpServer from "../httpServer.js"
import * as Chromium from "./chromium.js"
import { inChromium } from "./chromium.js"
import type { Name } from "./programs.js"
import { credits, music, started } from "./started.js"
import * as Tab from "./tab.js"

const setOffline = ({ page }: Tab.Tab, offline: boolean) => Effect.promise(() => page.context().setOffline(offline))

inChromium("a page without a network", () => {
  it.scopedLive("sends nothing, and says so at once", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      yield* setOffline(tab, true)
      expect(Tab.error(yield* tab.run("submit", settings))).toMatchObject({ code: "offline", outcome: "not-sent" })
      yield* setOffline(tab, false)
      expect(Tab.value(yield* tab.run("submit", settings))).toBe("task_000001")
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )

  it.scopedLive("waits for it when asked to, then sends once", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      yield* setOffline(tab, true)
      yield* tab.start("submit", { ...settings, waitForOnline: true, attempt: 10_000 })
      yield* Effect.sleep("500 millis")
      expect(yield* simulator.requests).toEqual([])
      yield* setOffline(tab, false)
      expect(Tab.value(yield* tab.end)).toBe("task_000001")
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )

  it.scopedLive("waits no longer than the call's time", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      yield* setOffline(tab, true)
      const error = Tab.error(yield* tab.run("submit", { ...settings, waitForOnline: true, total: 500 }))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent" })
      yield* setOffline(tab, false)
      yield* Effect.sleep("500 millis")
      expect(yield* simulator.requests).toEqual([])
    })
  )
})

inChromium("a page that is closed while its submit is under way", () => {
  it.scopedLive("is charged once, and sends nothing when it is opened again", () =>
    Effect.gen(function* () {
      const { hasCome, settings, simulator, tab } = yield* started
      yield* simulator.inject(Fault.stall(music, { booked: true }))
      yield* tab.start("submit", settings)
      yield* hasCome(music)
      const address = tab.page.url()
      yield* Effect.promise(() => tab.page.close())
      const again = yield* Chromium.open(address)
      yield* Effect.promise(() => again.page.evaluate(() => typeof globalThis.cheapai.start))
      yield* Effect.sleep("500 millis")
      expect((yield* simulator.requests).map(({ route }) => route)).toEqual([music])
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
    })
  )
})

/** The limits that no library can lift: the browser does this below `fetch`. */
inChromium("a limit of Chromium", () => {
  const kept: ReadonlyArray<readonly [string, ReadonlyArray<Name>, "close" | "reset"]> = [
    ["of a call before", ["credits"], "close"],
    ["of its own preflight", [], "close"],
    ["that is reset", [], "reset"]
  ]

  it.scopedLive.each(kept)(
    "it sends a POST twice when the kept connection %s ends before the reply, and tells nobody",
    ([, before, end]) =>
      Effect.gen(function* () {
        const { settings, simulator, tab } = yield* started
        for (const name of before) yield* tab.run(name, settings)
        yield* simulator.inject(Fault.drop(music, { booked: true, end }))
        expect(Tab.value(yield* tab.run("submit", settings))).toBe("task_000002")
        expect((yield* simulator.requests).filter(({ route }) => route === music)).toHaveLength(2)
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(2)
      })
  )

  it.scopedLive("it does not where the server keeps no connection", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const drop = HttpServer.forPages((response) => response.destroy(), { isKept: false })
      const { arrivals, url } = yield* HttpServer.make(drop)
      expect(Tab.error(yield* tab.run("submit", { baseUrl: url, tries: 3 }))).toMatchObject({ outcome: "unknown" })
      expect(arrivals.map(({ method }) => method)).toEqual(["OPTIONS", "POST"])
    })
  )
})

inChromium("a key in a page", () => {
  const key = "sk_planted_0123456789"

  it.scopedLive("is refused without the opt-in, with the right ways and without showing it", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      const end = yield* tab.run("credits", { baseUrl: settings.baseUrl, token: key })
      expect(end).toMatchObject({ failure: expect.stringMatching(/behind a proxy.*session token.*dangerously/) })
      expect(JSON.stringify([end, tab.said])).not.toContain("planted")
      expect(yield* simulator.requests).toEqual([])
    })
  )

  it.scopedLive("stands in no error, on no console and in no page error, whatever happens to its calls", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      const quoted = Wire.json(500, { success: false, error: `No such key: ${key}` }, { "x-request-id": key })
      yield* simulator.inject(
        Fault.reply(credits, quoted),
        Fault.drop(credits),
        Fault.reply(credits, Fault.nginx502),
        Fault.cut(credits),
        Fault.reply(credits, Fault.brokenJson(200))
      )
      const ends = yield* Effect.replicateEffect(tab.run("credits", { ...settings, token: key }), 6)
      expect(ends.filter((end) => "error" in end)).toHaveLength(6)
      expect(tab.said.length).toBeGreaterThan(0)
      expect(JSON.stringify([ends, tab.said])).not.toContain("planted")
    })
  )
})
