/** The pictures of docs/web.md. `npm run demo:web:shots` writes them; otherwise they are only taken. */
import { writeFile } from "node:fs/promises"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inChromium } from "../../../packages/browser/test/real/chromium.js"
import * as DemoPage from "./demoPage.js"

const shots = [
  {
    file: "desktop.png",
    width: 1280,
    scheme: "light",
    plan: "unavailable",
    paper: "rgb(247, 246, 243)",
    shows: "audio"
  },
  { file: "phone.png", width: 390, scheme: "dark", plan: "charged-reset", paper: "rgb(20, 22, 26)", shows: "#error" }
] as const

/** The page's background and size, and where the element is on it. */
const layoutOf = ({ page }: DemoPage.Opened, selector: string) =>
  Effect.promise(() =>
    page.locator(selector).evaluate((shown) => {
      const { height, left, right, top } = shown.getBoundingClientRect()
      const root = document.documentElement
      return {
        paper: getComputedStyle(root).backgroundColor,
        height: root.scrollHeight,
        shown: { left, right, top: top + scrollY, bottom: top + scrollY + height }
      }
    })
  )

/** As its first chunk says. */
const sizeOf = (png: Buffer) => ({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) })

inChromium("pictures of the demo's page", () => {
  it.scopedLive.each(shots)("$file", ({ file, paper, plan, scheme, shows, width }) =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open(width, 720)
      yield* Effect.promise(() => opened.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" }))
      yield* DemoPage.send(opened, { route: "Music", prompt: "a slow piano piece about rain", plan })
      yield* DemoPage.ended(opened)
      const picture = yield* Effect.promise(() => opened.page.screenshot({ fullPage: true }))
      const { height, paper: seen, shown } = yield* layoutOf(opened, shows)
      expect(seen).toBe(paper)
      expect(sizeOf(picture)).toEqual({ width, height })
      expect(shown.top).toBeGreaterThan(0)
      expect(shown.left).toBeGreaterThanOrEqual(0)
      expect(shown.right).toBeLessThanOrEqual(width)
      expect(shown.bottom).toBeGreaterThan(shown.top)
      expect(shown.bottom).toBeLessThanOrEqual(height)
      expect(picture.length).toBeLessThan(200_000)
      if (process.env.DEMO_SHOTS === "write") {
        yield* Effect.promise(() => writeFile(new URL(`../../web/${file}`, import.meta.url), picture))
      }
    })
  )
})
