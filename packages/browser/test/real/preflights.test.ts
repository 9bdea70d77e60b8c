import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServer from "../httpServer.js"
import { inChromium } from "./chromium.js"
import type { Settings } from "./page.js"
import type { Name } from "./programs.js"
import * as Tab from "./tab.js"

const session = { token: "session-1" }

/** A preflight is asked for what a form of HTML could not send: the token, JSON, and a body whose progress is watched. */
const calls: ReadonlyArray<readonly [Name, Partial<Settings>, ReadonlyArray<string>]> = [
  ["credits", {}, ["GET"]],
  ["uploadFile", {}, ["POST"]],
  ["credits", session, ["OPTIONS", "GET"]],
  ["uploadFile", session, ["OPTIONS", "POST"]],
  ["submit", {}, ["OPTIONS", "POST"]],
  ["watchedUpload", {}, ["OPTIONS", "POST"]]
]

/** What the browser itself adds. */
const ofBrowser = /^(host|connection|content-length|origin|referer|user-agent|accept-(encoding|language)|sec-.*)$/

inChromium("what a page's call needs of another origin", () => {
  it.scopedLive.each(calls)("%s with %j: %j", ([program, settings, methods]) =>
    Effect.gen(function* () {
      const tab = yield* Tab.open
      const { arrivals, first, url } = yield* HttpServer.make(
        HttpServer.forPages((response) => HttpServer.json(response, 200, { success: true, credits: 1, task_id: "t-1" }))
      )
      Tab.value(yield* tab.run(program, { baseUrl: url, ...settings }))
      expect(arrivals.map(({ method }) => method)).toEqual(methods)
      const ours = Object.keys((yield* first).headers).filter((name) => !ofBrowser.test(name))
      expect(ours.sort()).toEqual([
        "accept",
        ...("token" in settings ? ["authorization"] : []),
        ...(program === "credits" ? [] : ["content-type"])
      ])
    })
  )
})
