/** The pictures of docs/web.md. `npm run demo:web:shots` writes them; otherwise they are only taken. */
import { writeFile } from "node:fs/promises"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inChromium } from "../../../packages/browser/test/real/chromium.js"
import * as DemoPage from "./demoPage.js"

const shots = [
  { file: "desktop.png", width: 1280, scheme: "light", plan: "unavailable" },
  { file: "phone.png", width: 390, scheme: "dark", plan: "charged-reset" }
] as const

inChromium("pictures of the demo's page", () => {
  it.scopedLive.each(shots)("$file", ({ file, plan, scheme, width }) =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open(width, 720)
      yield* Effect.promise(() => opened.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" }))
      yield* DemoPage.send(opened, { route: "Music", prompt: "a slow piano piece about rain", plan })
      yield* DemoPage.ended(opened)
      const picture = yield* Effect.promise(() => opened.page.screenshot({ fullPage: true }))
      expect(picture.length).toBeLessThan(200_000)
      if (process.env.DEMO_SHOTS === "write") {
        yield* Effect.promise(() => writeFile(new URL(`../../web/${file}`, import.meta.url), picture))
      }
    })
  )
})
