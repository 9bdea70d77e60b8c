import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { created, idea, submit } from "./calls.js"

const layer = CheapAi.layerFetch({ apiKey: Redacted.make("sk_test"), baseUrl: "https://own.example.com" })

/** What `fetch` was given, and a reply to it. */
const given = (reply: unknown) => {
  const inits: Array<RequestInit | undefined> = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    inits.push(init)
    return Response.json(reply)
  }
  return { inits, provide: Effect.provideService(FetchHttpClient.Fetch, fetch) }
}

describe("what a plain fetch is given", () => {
  it.effect("of a billed submit is a Blob and no kept connection: no runtime sends those again by itself", () =>
    Effect.gen(function* () {
      const { inits, provide } = given(created)
      yield* submit.pipe(Effect.provide(layer), provide)
      expect(inits).toMatchObject([{ method: "POST", redirect: "manual", keepalive: false, body: expect.any(Blob) }])
      const body = yield* Effect.promise(() => new Response(inits[0]?.body).json())
      expect(body).toMatchObject({ model: "music-2.5", idea })
      expect(new Headers(inits[0]?.headers).get("content-type")).toBe("application/json")
    })
  )

  it.effect("of a read is no more than it needs", () =>
    Effect.gen(function* () {
      const { inits, provide } = given({ success: true, credits: 3 })
      yield* Account.credits.pipe(Effect.provide(layer), provide)
      expect(inits).toMatchObject([{ method: "GET", redirect: "manual", body: undefined }])
      expect(inits[0]).not.toHaveProperty("keepalive")
    })
  )
})
