import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpServer from "../httpServer.js"
import { inChromium } from "./chromium.js"
import { started } from "./started.js"
import * as Tab from "./tab.js"

/** One pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64"
)

inChromium("results as object URLs in Chromium", () => {
  it.scopedLive.each([undefined, "audio/wav"])("a task's song plays with type %s, until the scope closes", (type) =>
    Effect.gen(function* () {
      const { settings, tab } = yield* started
      const given = type === undefined ? {} : { type }
      const found = Tab.value(yield* tab.run("playSong", { ...settings, ...given }))
      expect(found).toEqual({ found: 3.6, type: type ?? "", after: "None" })
    })
  )

  it.scopedLive("an image without a type is shown, until the scope closes", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { url } = yield* HttpServer.make(HttpServer.forPages((response) => response.writeHead(200).end(png)))
      const found = Tab.value(yield* tab.run("showImage", { baseUrl: url, url }))
      expect(found).toEqual({ found: 1, type: "", after: "None" })
    })
  )

  it.scopedLive("a file that fails gives no address", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { url } = yield* HttpServer.make(HttpServer.forPages((response) => response.writeHead(410).end()))
      const error = Tab.error(yield* tab.run("heldFile", { baseUrl: url, url }))
      expect(error).toMatchObject({ _tag: "DownloadError", reason: "expired" })
    })
  )

  it.scopedLive("an interruption ends the connection", () =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { first, url } = yield* HttpServer.make(
        HttpServer.forPages((response) => response.writeHead(200, { "content-length": "1000" }).write("half"))
      )
      yield* tab.start("heldFile", { baseUrl: url, url })
      const { left } = yield* first
      yield* tab.interrupt
      yield* Deferred.await(left)
    })
  )
})
