import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import { expect, it } from "@effect/vitest"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ReverseProxy from "../../src/ReverseProxy.js"
import * as OwnServer from "../ownServer.js"
import { inChromium } from "./chromium.js"
import { credits } from "./started.js"
import * as Tab from "./tab.js"

/** As the guide has it. */
const allowing = (origin: string) =>
  HttpMiddleware.cors({
    allowedOrigins: [origin],
    allowedHeaders: ["authorization", "content-type"],
    exposedHeaders: ["retry-after", "retry-after-ms", "x-request-id"]
  })(ReverseProxy.httpApp)

/** A page, and a proxy on another origin that lets pages of one origin in: the page's own unless told otherwise. */
const start = (allowed?: string) =>
  Effect.gen(function* () {
    const tab = yield* Tab.open
    const { simulator, url } = yield* SimulatorServer.make({ taskDuration: 0 })
    const app = allowing(allowed ?? new URL(tab.page.url()).origin)
    const baseUrl = yield* OwnServer.onAPort(NodeTransport.layer(), { baseUrl: url }, app)
    return { simulator, tab, settings: { baseUrl, token: "session-of-ann" } }
  })

inChromium("a page on another origin than its proxy", () => {
  it.scopedLive("reads, submits and polls, and sees a Retry-After", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* start()
      expect(Tab.value(yield* tab.run("finish", settings))).toMatchObject({ taskId: "task_000001", creditCost: 1188 })
      yield* simulator.inject(Fault.reply(credits, Fault.tooManyRequests(7)))
      expect(Tab.error(yield* tab.run("credits", settings))).toMatchObject({
        _tag: "RateLimitedError",
        retryAfter: Duration.seconds(7),
        headersHidden: undefined
      })
    })
  )

  it.scopedLive("is not let in when its origin is not named", () =>
    Effect.gen(function* () {
      const { settings, simulator, tab } = yield* start("https://app.example.com")
      expect(Tab.error(yield* tab.run("credits", settings))).toMatchObject({ _tag: "TransportError" })
      expect(yield* simulator.requests).toEqual([])
    })
  )
})
