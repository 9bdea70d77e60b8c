/** A real browser: one that is installed already, started once for the tests of a file. */
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, describe } from "vitest"
import { isRequired } from "../../../node/test/real/installed.js"

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium"
]

const told = process.env.CHROMIUM_PATH
const candidates = told === undefined || told === "" ? [...usual, chromium.executablePath()] : [told]
const executablePath = candidates.find((path) => existsSync(path))

const missing = `No browser at ${candidates.join(", ")}: install Chromium or set CHROMIUM_PATH`

if (executablePath === undefined) {
  if (isRequired) throw new Error(missing)
  process.stderr.write(`SKIPPED, tests in a browser: ${missing}\n`)
}

/** Tests that need the browser: without one they are skipped, loudly; where `CI` is set they fail. */
export const inChromium = (name: string, tests: () => void): void => {
  describe.skipIf(executablePath === undefined)(name, { timeout: 120_000 }, tests)
}

/** Nothing of its own goes out; TCP only, which is what the servers here speak. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

let browser: Promise<Browser> | undefined

afterAll(async () => {
  await (await browser)?.close()
})

const launch = async (): Promise<Browser> => {
  if (executablePath === undefined) throw new Error(missing)
  browser ??= chromium.launch({ executablePath, args })
  return browser
}

export interface Opened {
  readonly page: Page
  /** What the page wrote to its console, and the errors that nobody caught. */
  readonly said: ReadonlyArray<string>
}

/** A page in a profile of its own; closing the scope closes both. */
export const open = (address: string): Effect.Effect<Opened, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.acquireRelease(
      Effect.promise(async () => (await launch()).newContext()),
      (opened) => Effect.promise(() => opened.close())
    )
    const page = yield* Effect.promise(() => context.newPage())
    const said: Array<string> = []
    page.on("console", (message) => said.push(message.text()))
    page.on("pageerror", (error) => said.push(String(error.stack)))
    yield* Effect.promise(() => page.goto(address))
    return { page, said }
  })
