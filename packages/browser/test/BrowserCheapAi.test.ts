import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as BrowserCheapAi from "../src/BrowserCheapAi.js"
import { network } from "./offline.js"

const baseUrl = "https://app.example.com/api/cheapai/"

/** A server of one's own, and what the page sent to it. */
const ownServer = (answer: () => Response | Promise<Response>) => {
  const sent: Array<Request> = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    sent.push(new Request(input, init))
    return answer()
  }
  return { sent, provide: Effect.provideService(FetchHttpClient.Fetch, fetch) }
}

const json = (body: unknown, init?: ResponseInit) => () => new Response(JSON.stringify(body), init)

describe("a secret key in a page", () => {
  const token = Redacted.make("sk_live_planted")

  it.effect("is refused with the two right ways, and without showing it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Account.credits, BrowserCheapAi.layer({ baseUrl, token })))
      expect(error._tag).toBe("ConfigError")
      expect(String(error)).toMatch(
        /your own server, behind a proxy.*`baseUrl`.*session token.*dangerouslyAllowApiKeyInBrowser/
      )
      expect(String(error)).not.toContain("planted")
    })
  )

  it.effect("is sent when the page's author insists", () =>
    Effect.gen(function* () {
      const { provide, sent } = ownServer(json({ success: true, credits: 3 }))
      const layer = BrowserCheapAi.layer({ baseUrl, token, dangerouslyAllowApiKeyInBrowser: true })
      expect(yield* Account.credits.pipe(Effect.provide(layer), provide)).toBe(3)
      expect(sent.map((request) => request.headers.get("authorization"))).toEqual(["Bearer sk_live_planted"])
    })
  )
})

describe("a page with a server of its own", () => {
  it.effect("sends its session, or nothing, and no header that needs a preflight for a read", () =>
    Effect.gen(function* () {
      const { provide, sent } = ownServer(json({ success: true, credits: "7" }))
      const withToken = BrowserCheapAi.layer({ baseUrl, token: Redacted.make("session-1") })
      yield* Account.credits.pipe(Effect.provide(withToken), provide)
      expect(yield* Account.credits.pipe(Effect.provide(BrowserCheapAi.layer({ baseUrl })), provide)).toBe(7)
      expect(sent.map((request) => [request.url, [...request.headers.keys()].sort()])).toEqual([
        ["https://app.example.com/api/cheapai/v1/credits", ["accept", "authorization"]],
        ["https://app.example.com/api/cheapai/v1/credits", ["accept"]]
      ])
    })
  )

  it.effect("an empty or broken token is refused", () =>
    Effect.gen(function* () {
      const layer = BrowserCheapAi.layer({ baseUrl, token: Redacted.make("two words") })
      expect((yield* Effect.flip(Effect.provide(Account.credits, layer)))._tag).toBe("ConfigError")
    })
  )

  it.effect("a path of its own needs a page to stand on", () =>
    Effect.gen(function* () {
      const layer = BrowserCheapAi.layer({ baseUrl: "/api/cheapai" })
      expect((yield* Effect.flip(Effect.provide(Account.credits, layer)))._tag).toBe("ConfigError")
    })
  )
})

describe("what fetch can't know", () => {
  const submit = Music.generate({ model: "music-2.5", idea: "rain" })

  it.effect("a failed fetch of a submit is unknown, so it leaves once", () =>
    Effect.gen(function* () {
      const { provide, sent } = ownServer(() => Promise.reject(new TypeError("Failed to fetch")))
      const error = yield* submit.pipe(Effect.flip, Effect.provide(BrowserCheapAi.layer({ baseUrl })), provide)
      expect(error).toMatchObject({
        _tag: "TransportError",
        code: "unknown",
        outcome: "unknown",
        stopped: "once-unknown"
      })
      expect(error.attempts.map((attempt) => attempt.evidence)).toEqual(["unknown"])
      expect(sent).toHaveLength(1)
    })
  )

  it.scoped("a page that is offline sends nothing and says so", () =>
    Effect.gen(function* () {
      const { goOffline } = yield* network
      goOffline()
      const { provide, sent } = ownServer(json({ success: true, task_id: "t-1" }))
      const error = yield* submit.pipe(
        CheapAi.withRetryPolicy(RetryPolicy.none),
        Effect.flip,
        Effect.provide(BrowserCheapAi.layer({ baseUrl })),
        provide
      )
      expect(error).toMatchObject({ code: "offline", outcome: "not-sent", isRetryable: true })
      expect(sent).toEqual([])
    })
  )

  it.scoped("a page that goes offline after the request left doesn't send it again", () =>
    Effect.gen(function* () {
      const { goOffline } = yield* network
      const { provide, sent } = ownServer(() => {
        goOffline()
        return Promise.reject(new TypeError("Failed to fetch"))
      })
      const error = yield* submit.pipe(Effect.flip, Effect.provide(BrowserCheapAi.layer({ baseUrl })), provide)
      expect(error).toMatchObject({ code: "unknown", outcome: "unknown", stopped: "once-unknown" })
      expect(sent).toHaveLength(1)
    })
  )

  it.effect.each([302, 307])("a %s is not followed", (status) =>
    Effect.gen(function* () {
      const { provide, sent } = ownServer(() => new Response(null, { status, headers: { location: "/elsewhere" } }))
      const error = yield* submit.pipe(
        CheapAi.withRetryPolicy(RetryPolicy.none),
        Effect.flip,
        Effect.provide(BrowserCheapAi.layer({ baseUrl })),
        provide
      )
      expect(error).toMatchObject({ _tag: "UnexpectedStatusError", status, outcome: "rejected" })
      expect(sent.map((request) => request.redirect)).toEqual(["manual"])
    })
  )

  it.effect("a redirect that the browser hides is unexpected, its outcome unknown", () =>
    Effect.gen(function* () {
      const { provide } = ownServer(() => Response.error())
      const error = yield* submit.pipe(Effect.flip, Effect.provide(BrowserCheapAi.layer({ baseUrl })), provide)
      expect(error).toMatchObject({ _tag: "UnexpectedStatusError", status: 0, outcome: "unknown" })
    })
  )
})
