/** A tab with the page under test: its programs are started and awaited from here. */
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Chromium from "./chromium.js"
import type { End, Settings } from "./page.js"
import type { Name } from "./programs.js"
import * as Site from "./site.js"

export interface Tab extends Chromium.Opened {
  readonly start: (name: Name, settings: Settings) => Effect.Effect<void>
  readonly end: Effect.Effect<End>
  readonly run: (name: Name, settings: Settings) => Effect.Effect<End>
  readonly interrupt: Effect.Effect<void>
}

const driven = (opened: Chromium.Opened): Tab => {
  const { page } = opened
  const start: Tab["start"] = (name, settings) =>
    Effect.promise(() =>
      page.evaluate(([program, options]) => globalThis.cheapai.start(program, options), [name, settings] as const)
    )
  const end = Effect.promise(() => page.evaluate(() => globalThis.cheapai.end()))
  return {
    ...opened,
    start,
    end,
    run: (name, settings) => Effect.zipRight(start(name, settings), end),
    interrupt: Effect.promise(() => page.evaluate(() => globalThis.cheapai.interrupt()))
  }
}

/** A new tab on a site of its own. */
export const open: Effect.Effect<Tab, never, Scope.Scope> = Effect.map(
  Effect.flatMap(Site.serveTests, Chromium.open),
  driven
)

/** From now on the page sends at most so many bytes a second. */
export const slowDown = ({ page }: Tab, uploadThroughput: number): Effect.Effect<void> =>
  Effect.promise(async () => {
    const devTools = await page.context().newCDPSession(page)
    await devTools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput
    })
  })

export const value = (end: End): unknown => ("value" in end ? end.value : end)

/** The error with which a program ended, as it was in the page. */
export const error = (end: End): CheapAiError.CheapAiError | End =>
  "error" in end ? Schema.decodeSync(CheapAiError.CheapAiError)(end.error) : end
