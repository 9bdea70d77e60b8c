import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inChromium } from "../../../packages/browser/test/real/chromium.js"
import * as DemoPage from "./demoPage.js"

const submits = (attempts: ReadonlyArray<string>) => attempts.filter((text) => text.includes("Submit"))

const song = { route: "Music", prompt: "a slow piano piece about rain" } as const

/** What a visitor sees of each plan. */
const plans = [
  {
    plan: "busy",
    tries: [/429 RateLimitedError\s+Rejected: not carried out/, /200 OK\s+Waited \d\.\d s as Retry-After asked/],
    error: /^$/,
    books: "2 submits arrived; 1 charge, 1,188 credits."
  },
  {
    plan: "unavailable",
    tries: [/503 ServiceUnavailableError/, /503 ServiceUnavailableError\s+Waited .* back-off/, /200 OK\s+Waited/],
    error: /^$/,
    books: "3 submits arrived; 1 charge, 1,188 credits."
  },
  {
    plan: "charged-reset",
    tries: [/504 UnexpectedStatusError\s+It may have been carried out/],
    error: /may have been carried out and charged\. Compare the balance[\s\S]*Outcome\s+unknown[\s\S]*Remedy\s+\w/,
    books: "1 submit arrived; 1 charge, 1,188 credits."
  },
  {
    plan: "gateway",
    tries: [/502 ProcessingError\s+It may have been carried out/],
    error: /^ProcessingError[\s\S]*may have been carried out and charged[\s\S]*Remedy\s+Try again/,
    books: "1 submit arrived; nothing was charged."
  },
  {
    plan: "task-fails",
    tries: [/200 OK/],
    error: /^TaskFailedError[\s\S]*The failed task cost 0 credits[\s\S]*Remedy\s+Read the message/,
    books: "1 submit arrived; 1 charge, 1,188 credits, 1,188 of them given back."
  }
]

inChromium("the demo's page in Chromium", () => {
  it.scopedLive.each(plans)("$plan: its tries, its error and what was charged", ({ books, error, plan, tries }) =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open()
      yield* DemoPage.send(opened, { ...song, plan })
      const end = yield* DemoPage.ended(opened)
      expect(submits(end.attempts)).toEqual(tries.map((pattern) => expect.stringMatching(pattern)))
      expect(end.error).toMatch(error)
      expect(end.books).toBe(books)
      expect(DemoPage.complaints(opened)).toEqual([])
    })
  )

  it.scopedLive("each try that fails is told at once, before the wait for the next", () =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open()
      const heard = yield* DemoPage.hearing(opened)
      yield* DemoPage.send(opened, { ...song, plan: "unavailable" })
      yield* DemoPage.ended(opened)
      expect((yield* heard).slice(0, 4)).toEqual([
        "Sending the submit.",
        "Submit, try 1: 503 ServiceUnavailableError. Waiting for what comes next.",
        "Submit, try 2: 503 ServiceUnavailableError. Waiting for what comes next.",
        expect.stringMatching(/is paid for/)
      ])
    })
  )

  it.scopedLive.each([
    { route: "Music", length: 3.6 },
    { route: "Sound effect", length: 2 },
    { route: "Speech", length: 1 }
  ] as const)("$route can be heard, for $length seconds", ({ length, route }) =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open()
      yield* DemoPage.send(opened, { route, prompt: "rain on a tin roof", plan: "none" })
      const end = yield* DemoPage.ended(opened)
      expect(end).toMatchObject({ error: "", status: expect.stringMatching(/^Done, for [\d,]+ credits\.$/) })
      const audio = opened.page.locator("audio[controls]")
      const heard = audio.evaluate(async (player) => {
        if (!(player instanceof HTMLAudioElement)) return undefined
        await player.play()
        return player.duration
      })
      expect(yield* Effect.promise(() => heard)).toBeCloseTo(length, 1)
      expect(DemoPage.complaints(opened)).toEqual([])
    })
  )

  it.scopedLive("an image is shown, with words for those who don't see it", () =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open()
      yield* DemoPage.send(opened, { route: "Image", prompt: "a lighthouse at dusk", plan: "none" })
      yield* DemoPage.ended(opened)
      const image = opened.page.getByRole("img", { name: /lighthouse at dusk/ })
      const width = image.evaluate((shown) => (shown instanceof HTMLImageElement ? shown.naturalWidth : 0))
      expect(yield* Effect.promise(() => width)).toBeGreaterThan(0)
      expect(DemoPage.complaints(opened)).toEqual([])
    })
  )

  it.scopedLive("by keyboard alone: Enter sends, Stop interrupts, and the form can be sent again", () =>
    Effect.gen(function* () {
      // Time enough to reach the button before the task is done.
      const opened = yield* DemoPage.open(1280, 900, "10 seconds")
      const { page } = opened
      yield* Effect.promise(async () => {
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowRight")
        expect(await page.getByRole("radio", { name: "Sound effect" }).isChecked()).toBe(true)
        await page.keyboard.press("Tab")
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.type("a door in the wind")
        await page.keyboard.press("Enter")
        await page.getByText(/is paid for/).waitFor()
        for (const _ of ["plan", "details", "stop"]) await page.keyboard.press("Tab")
        expect(
          await page.getByRole("button", { name: "Stop" }).evaluate((stop) => stop.matches(":focus-visible"))
        ).toBe(true)
        await page.keyboard.press("Enter")
      })
      const end = yield* DemoPage.ended(opened)
      expect(end).toMatchObject({ status: expect.stringMatching(/^Stopped\./), error: "" })
      expect(submits(end.attempts)).toHaveLength(1)
      expect(end.attempts[0]).toMatch(/Submit, try 1\s+200 OK/)
      expect(end.books).toBe("1 submit arrived; 1 charge, 200 credits.")
      const send = opened.page.getByRole("button", { name: "Send" })
      expect(yield* Effect.promise(() => send.evaluate((button) => button.matches(":focus-visible")))).toBe(true)
      yield* Effect.promise(() => opened.page.keyboard.press("Enter"))
      yield* Effect.promise(() => opened.page.locator("audio").waitFor())
      expect(DemoPage.complaints(opened)).toEqual([])
    })
  )

  it.scopedLive.each([390, 1280])("at %d pixels nothing spills, before a run and after an error", (width) =>
    Effect.gen(function* () {
      const opened = yield* DemoPage.open(width)
      expect(yield* DemoPage.spilling(opened)).toEqual([])
      yield* DemoPage.send(opened, { ...song, prompt: "rain".repeat(50), plan: "charged-reset" })
      yield* DemoPage.ended(opened)
      expect(yield* DemoPage.spilling(opened)).toEqual([])
      yield* DemoPage.send(opened, { ...song, prompt: "rain".repeat(50), plan: "none" })
      yield* Effect.promise(() => opened.page.locator("audio").waitFor())
      expect(yield* DemoPage.spilling(opened)).toEqual([])
    })
  )

  it.scopedLive("every control has a label, and the page its landmarks", () =>
    Effect.gen(function* () {
      const { page } = yield* DemoPage.open()
      const tree = yield* Effect.promise(() => page.locator("body").ariaSnapshot())
      expect(tree).not.toMatch(/- (radio|textbox|combobox|button|progressbar|form)(:|$)/m)
      for (const landmark of [/^- banner/m, /^- main/m, /- form "/, /- region "Requests"/, /- status/]) {
        expect(tree).toMatch(landmark)
      }
      const unlabelled = page.evaluate(() =>
        [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")]
          .filter((control) => (control.labels?.length ?? 0) === 0)
          .map(({ id }) => id)
      )
      expect(yield* Effect.promise(() => unlabelled)).toEqual([])
    })
  )
})
