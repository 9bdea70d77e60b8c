/** The demo's page in a browser, used as a visitor would. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll } from "vitest"
import * as Chromium from "../../../packages/browser/test/real/chromium.js"
import * as Site from "../../web/site.js"

const scope = Effect.runSync(Scope.make())
const addresses = new Map<string, Promise<string>>()

afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

/** One server for all tests whose tasks take as long. */
const served = (taskDuration: Duration.DurationInput): Promise<string> => {
  const known = addresses.get(String(taskDuration))
  if (known !== undefined) return known
  const address = Effect.runPromise(Scope.extend(Site.serve({ port: 0, taskDuration }), scope))
  addresses.set(String(taskDuration), address)
  return address
}

export interface Wish {
  readonly route: "Music" | "Sound effect" | "Speech" | "Image"
  readonly prompt: string
  /** The value of the plan's option. */
  readonly plan: string
}

/** A new tab, in a window of so many pixels. */
export const open = (width = 1280, height = 900, taskDuration: Duration.DurationInput = "1 second") =>
  Effect.gen(function* () {
    const opened = yield* Chromium.open(yield* Effect.promise(() => served(taskDuration)))
    const { page } = opened
    page.setDefaultTimeout(60_000)
    yield* Effect.promise(() => page.setViewportSize({ width, height }))
    // The options are there once the page's script has run.
    yield* Effect.promise(() => page.locator("option").first().waitFor({ state: "attached" }))
    return opened
  })

export type Opened = Effect.Effect.Success<ReturnType<typeof open>>

export const send = ({ page }: Opened, { plan, prompt, route }: Wish) =>
  Effect.promise(async () => {
    await page.getByRole("radio", { name: route }).check()
    await page.getByLabel("Prompt").fill(prompt)
    await page.getByLabel("What goes wrong").selectOption(plan)
    await page.getByRole("button", { name: "Send" }).click()
  })

/** All that the status says from now on, to be asked for later. */
export const hearing = ({ page }: Opened) =>
  Effect.map(
    Effect.promise(() =>
      page.getByRole("status").evaluateHandle((status) => {
        const said: Array<string> = []
        new MutationObserver((records) => {
          for (const { addedNodes } of records) for (const { textContent } of addedNodes) said.push(textContent ?? "")
        }).observe(status, { childList: true })
        return said
      })
    ),
    (said) => Effect.promise(() => said.jsonValue())
  )

/** The simulator's books are shown last of all. */
export const ended = ({ page }: Opened) =>
  Effect.promise(async () => {
    await page.locator("#books:not(:empty)").waitFor()
    const textOf = async (selector: string) => (await page.locator(selector).allInnerTexts()).join("")
    return {
      attempts: await page.getByRole("region", { name: "Requests" }).getByRole("listitem").allInnerTexts(),
      error: await textOf("[role=alert]"),
      status: await textOf("[role=status]"),
      books: await textOf("#books")
    }
  })

/** What the page itself wrote to the console: not Vite, and not the browser's note that a reply was an error. */
export const complaints = ({ said }: Opened): ReadonlyArray<string> =>
  said.filter((line) => !/^\[vite\] |^Failed to load resource: the server responded with a status of \d/.test(line))

/** Elements whose content is wider than they are, the page itself among them. */
export const spilling = ({ page }: Opened) =>
  Effect.promise(() =>
    page.evaluate(() =>
      [...document.querySelectorAll("html, main *:not(input, select, audio, .track, .track *)")]
        .filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
        .map(({ className, tagName }) => `${tagName} ${className}`)
    )
  )
