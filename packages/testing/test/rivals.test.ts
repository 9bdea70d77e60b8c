/** Clients that users have besides ours, on the simulator's port: all must see the same statuses and bodies. */
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import axios from "axios"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import OpenAI from "openai"

const apiKey = "sk_test_valid"
const idea = { model: "music-2.5", idea: "rain on a tin roof" }

const paths = { read: "/v1/credits", submit: "/v1m/task/music-generation" } as const

type Phase = keyof typeof paths

/** The reply as a client shows it. */
interface Seen {
  readonly status: number | undefined
  readonly text: string
}

type See = (origin: string, phase: Phase) => Effect.Effect<Seen, unknown>

/** Routes whose output is the whole JSON, so that nothing of a reply is hidden. */
const routes = {
  read: Route.make({
    method: "GET",
    path: paths.read,
    replay: "safe",
    input: Schema.Struct({}),
    output: Schema.Unknown
  }),
  submit: Route.make({
    method: "POST",
    path: paths.submit,
    replay: "once",
    input: Schema.Struct({ model: Schema.String, idea: Schema.String }),
    output: Schema.Unknown
  })
}

const bodyOf = (error: object): string =>
  Predicate.hasProperty(error, "body") && Redacted.isRedacted(error.body) ? String(Redacted.value(error.body)) : ""

const ours: See = (origin, phase) =>
  Effect.gen(function* () {
    const status = yield* Ref.make<number | undefined>(undefined)
    const call = phase === "read" ? CheapAi.execute(routes.read, {}) : CheapAi.execute(routes.submit, idea)
    const text = yield* call.pipe(
      CheapAi.tapAttempt((attempt) => Ref.set(status, attempt.status)),
      Effect.match({ onSuccess: (json) => JSON.stringify(json), onFailure: bodyOf })
    )
    return { status: yield* Ref.get(status), text }
  }).pipe(
    Effect.provide(CheapAi.layerFetch({ apiKey: Redacted.make(apiKey), baseUrl: origin, retry: RetryPolicy.none }))
  )

/** Its errors keep the status and the JSON, but no text that isn't JSON, so the text is read where its own fetch hands it over. */
const openai: See = (origin, phase) =>
  Effect.tryPromise(async () => {
    let text = ""
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, init)
      text = await response.clone().text()
      return response
    }
    const client = new OpenAI({ apiKey, baseURL: origin, maxRetries: 0, fetch })
    const call = phase === "read" ? client.get(paths.read) : client.post(paths.submit, { body: idea })
    try {
      const { status } = await call.asResponse()
      return { status, text }
    } catch (error) {
      if (!(error instanceof OpenAI.APIError)) throw error
      const json = Predicate.isRecord(error.error) || typeof error.error === "string" ? error.error : undefined
      if (json !== undefined) expect(JSON.parse(text)).toMatchObject({ error: json })
      return { status: Number(error.status), text }
    }
  })

const axiosSees: See = (origin, phase) =>
  Effect.tryPromise(async () => {
    const client = axios.create({
      baseURL: origin,
      headers: { authorization: `Bearer ${apiKey}` },
      proxy: false,
      // By default it parses what it can.
      transformResponse: (text: unknown) => text
    })
    const call = phase === "read" ? client.get<unknown>(paths.read) : client.post<unknown>(paths.submit, idea)
    try {
      const { data, status } = await call
      return { status, text: String(data) }
    } catch (error) {
      if (!axios.isAxiosError<unknown>(error) || error.response === undefined) throw error
      return { status: error.response.status, text: String(error.response.data) }
    }
  })

/** Undefined: the service's own reply. */
const replies: ReadonlyArray<readonly [fault: Faults.Name | undefined, status: number]> = [
  [undefined, 200],
  ["status-400-error", 400],
  ["status-401-error", 401],
  ["status-402-error", 402],
  ["status-403-error", 403],
  ["status-404-message", 404],
  ["status-429-error", 429],
  ["retry-after-date", 429],
  ["status-500-error", 500],
  ["status-502-object", 502],
  ["status-503-error", 503],
  ["status-500-empty", 500],
  ["status-500-cut", 500],
  ["page-nginx-502", 502],
  ["page-cloudflare-520", 520],
  ["page-envoy-reset", 503],
  ["unsuccessful-plain", 200],
  ["unsuccessful-code", 200]
]

const clients: ReadonlyArray<See> = [ours, openai, axiosSees]

/** What each client sees of one reply, from the same account in the same state. */
const seenBy = ({ simulator, url }: SimulatorServer.Running, phase: Phase, fault: Faults.Name | undefined) =>
  Effect.forEach(clients, (see) =>
    Effect.gen(function* () {
      yield* simulator.reset
      if (fault !== undefined) yield* simulator.inject(Faults.script(Faults.strike(phase, 1, fault)))
      const seen = yield* see(url, phase)
      const arrivals = yield* simulator.requests
      expect(arrivals.map((arrival) => [arrival.method, arrival.target, arrival.hasKey, arrival.fault])).toEqual([
        [phase === "read" ? "GET" : "POST", paths[phase], true, fault]
      ])
      return seen
    })
  )

describe("openai, axios and our client see the same", () => {
  it.scopedLive.each(["read", "submit"] as const)("on a %s", (phase) =>
    Effect.gen(function* () {
      const server = yield* SimulatorServer.make()
      for (const [fault, status] of replies) {
        const [first, ...others] = yield* seenBy(server, phase, fault)
        expect(first, fault).toMatchObject({ status })
        expect(first?.text === "", fault).toBe(fault === "status-500-empty")
        expect(others, fault).toEqual([first, first])
      }
    })
  )

  it.scopedLive("and openai's own words for the statuses are those of ours", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const client = new OpenAI({ apiKey, baseURL: url, maxRetries: 0 })
      const names: Array<string> = []
      for (const fault of ["status-400-error", "status-401-error", "status-403-error", "status-429-error"] as const) {
        yield* simulator.inject(Faults.script(Faults.strike("read", 1, fault)))
        const error: unknown = yield* Effect.flip(
          Effect.tryPromise({ try: () => client.get(paths.read), catch: (e) => e })
        )
        names.push(error instanceof Error ? error.constructor.name : "no error")
      }
      expect(names).toEqual(["BadRequestError", "AuthenticationError", "PermissionDeniedError", "RateLimitError"])
    })
  )
})
