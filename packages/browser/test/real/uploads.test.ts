import { expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpServer from "../httpServer.js"
import { inChromium } from "./chromium.js"
import { started, transcription } from "./started.js"
import * as Tab from "./tab.js"

const accept = HttpServer.forPages((response) => HttpServer.json(response, 200, { success: true, task_id: "t-1" }))

inChromium("uploads of a page in Chromium", () => {
  it.scopedLive("a File and a Blob are taken by the service", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* started
      expect(Tab.value(yield* tab.run("uploadFile", settings))).toBe("task_000001")
      expect(Tab.value(yield* tab.run("uploadBlob", settings))).toBe("task_000002")
      expect(Ledger.charges(yield* simulator.ledger).map(({ route }) => route)).toEqual([transcription, transcription])
    })
  )

  it.scopedLive("a watched one is seen to grow from its first byte to its last", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { first, url } = yield* HttpServer.make(accept)
      yield* Tab.slowDown(tab, 2_000_000)
      const size = 1_000_000
      const end = Tab.value(yield* tab.run("watchedUpload", { baseUrl: url, size }))
      const { chunks, headers } = yield* first
      const total = Buffer.concat(chunks).length
      expect(String(total)).toBe(headers["content-length"])
      expect(end).toMatchObject({ id: "t-1", seen: expect.arrayContaining([{ sent: 0, total, attempt: 1 }]) })
      expect(end).toMatchObject({ seen: expect.arrayContaining([{ sent: total, total, attempt: 1 }]) })
      const seen = Object(end).seen.map(({ sent }: { readonly sent: number }) => sent)
      expect(seen.length).toBeGreaterThan(2)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
    })
  )

  it.scopedLive.each(["safeUpload", "watchedSafeUpload"] as const)("%s: an interruption ends it midway", (program) =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      yield* Tab.slowDown(tab, 100_000)
      const { first, url } = yield* HttpServer.make(accept)
      yield* tab.start(program, { baseUrl: url, size: 10_000_000 })
      const { chunks, left } = yield* first
      yield* tab.interrupt
      yield* Deferred.await(left)
      expect(Buffer.concat(chunks).length).toBeLessThan(10_000_000)
    })
  )
})
