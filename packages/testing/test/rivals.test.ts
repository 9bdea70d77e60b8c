/** Clients that users have besides ours, on the simulator's port: all must show the same statuses, words and headers. */
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import axios from "axios"
import type { ConfigError } from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import OpenAI from "openai"

const apiKey = "sk_test_valid"
const idea = { model: "music-2.5", idea: "rain on a tin roof" }

const paths = { read: "/v1/credits", submit: "/v1m/task/music-generation" } as const

type Phase = keyof typeof paths

/** A reply as a client shows it. */
interface Shown {
  readonly status: number | undefined
  /** The JSON of a success; of an error the `error` in its JSON, or the text when it has no JSON. */
  readonly said: unknown
  readonly headers: Readonly<Record<string, unknown>> | undefined
}

type See = (origin: string, phase: Phase) => Effect.Effect<Shown, unknown>

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

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const saidIn = (status: number | undefined, text: string): unknown => {
  const json = parse(text)
  if (Option.isNone(json)) return text === "" ? undefined : text
  if (status === 200) return json.value
  return Predicate.hasProperty(json.value, "error") ? json.value.error : undefined
}

const shownHeaders = ["content-type", "server", "cf-ray", "cache-control", "retry-after", "retry-after-ms"]

/** A date is another one a second later. */
const headersOf = (get: (name: string) => unknown) =>
  Object.fromEntries(
    shownHeaders.map((name) => {
      const value = get(name) ?? undefined
      return [name, /:\d\d/.test(String(value)) ? "a date" : value]
    })
  )

const call = (phase: Phase) =>
  phase === "read" ? CheapAi.execute(routes.read, {}) : CheapAi.execute(routes.submit, idea)

const bodyOf = (error: object): string =>
  Predicate.hasProperty(error, "body") && Redacted.isRedacted(error.body) ? String(Redacted.value(error.body)) : ""

type Connect = (options: CheapAiConfig.Options) => Layer.Layer<CheapAi.CheapAi, ConfigError>

const clientOf = (connect: Connect, origin: string) =>
  connect({ apiKey: Redacted.make(apiKey), baseUrl: origin, retry: RetryPolicy.none })

/** Its errors show no header but `Retry-After`, which is compared by itself. */
const ours =
  (connect: Connect): See =>
  (origin, phase) =>
    Effect.gen(function* () {
      const seen = yield* Ref.make<number | undefined>(undefined)
      const result = yield* call(phase).pipe(
        CheapAi.tapAttempt((attempt) => Ref.set(seen, attempt.status)),
        Effect.either
      )
      const status = yield* Ref.get(seen)
      const said = result._tag === "Right" ? result.right : saidIn(status, bodyOf(result.left))
      return { status, said, headers: undefined }
    }).pipe(Effect.provide(clientOf(connect, origin)))

const ask = (client: OpenAI, phase: Phase) =>
  phase === "read" ? client.get<unknown>(paths.read) : client.post<unknown>(paths.submit, { body: idea })

/** The text of a reply that is no JSON stands in the message, behind the status. */
const saidBy = ({ error, message, status }: InstanceType<typeof OpenAI.APIError>): unknown => {
  if (error !== undefined) return error
  return message === `${status} status code (no body)` ? undefined : message.slice(`${status} `.length)
}

const openai: See = (origin, phase) =>
  Effect.tryPromise(async () => {
    try {
      const client = new OpenAI({ apiKey, baseURL: origin, maxRetries: 0 })
      const { data, response } = await ask(client, phase).withResponse()
      return { status: response.status, said: data, headers: headersOf((name) => response.headers.get(name)) }
    } catch (error) {
      if (!(error instanceof OpenAI.APIError)) throw error
      return {
        status: Number(error.status),
        said: saidBy(error),
        headers: headersOf((name) => error.headers?.get(name))
      }
    }
  })

const axiosShows: See = (origin, phase) =>
  Effect.tryPromise(async () => {
    const client = axios.create({
      baseURL: origin,
      headers: { authorization: `Bearer ${apiKey}` },
      proxy: false,
      validateStatus: null,
      // By default it parses what it can.
      transformResponse: (text: unknown) => text
    })
    const sent = phase === "read" ? client.get<unknown>(paths.read) : client.post<unknown>(paths.submit, idea)
    const { data, headers, status } = await sent
    return { status, said: saidIn(status, String(data)), headers: headersOf((name) => headers[name]) }
  })

/** Every reply that takes the place of the service's own; `undefined` is that. */
const replies = [undefined, ...Faults.names.filter((name) => /^(status|page|retry|unsuccessful)-/.test(name))]

const statusOf = (fault: Faults.Name | undefined): number | undefined => {
  if (fault === undefined || fault.startsWith("unsuccessful-")) return 200
  if (fault.startsWith("retry-")) return fault.endsWith("503") ? 503 : 429
  const [named] = /\d{3}/.exec(fault) ?? []
  return named === undefined ? undefined : Number(named)
}

const meeting = ({ simulator }: SimulatorServer.Running, phase: Phase, fault: Faults.Name | undefined) =>
  Effect.zipRight(
    simulator.reset,
    simulator.inject(fault === undefined ? Faults.script() : Faults.script(Faults.strike(phase, 1, fault)))
  )

/** What a client shows of one reply, from the same account in the same state. */
const shownBy = (server: SimulatorServer.Running, phase: Phase, fault: Faults.Name | undefined) => (see: See) =>
  Effect.gen(function* () {
    yield* meeting(server, phase, fault)
    const shown = yield* see(server.url, phase)
    const arrivals = yield* server.simulator.requests
    expect(arrivals.map((arrival) => [arrival.method, arrival.target, arrival.hasKey, arrival.fault])).toEqual([
      [phase === "read" ? "GET" : "POST", paths[phase], true, fault]
    ])
    return shown
  })

/** How many milliseconds the reply asks to wait; -1 for none that can be read. */
const waits: ReadonlyArray<readonly [Faults.Name, number]> = [
  ["retry-after-seconds", 2000],
  ["retry-after-date", 2000],
  ["retry-after-rfc850", 2000],
  ["retry-after-asctime", 2000],
  ["retry-after-millis", 1500],
  ["retry-after-nonsense", -1],
  ["retry-after-far", 86_400_000],
  ["retry-after-skewed", 2000],
  ["retry-after-behind", 2000],
  ["retry-after-past", 0],
  ["retry-after-zero", 0],
  ["retry-after-negative", -1],
  ["retry-after-fraction", 1500],
  ["retry-after-twice", 2500],
  ["retry-after-503", 2000]
]

const connects = { fetch: CheapAi.layerFetch, undici: NodeCheapAi.layer } satisfies Readonly<Record<string, Connect>>

describe("openai, axios and our client show the same", { timeout: 240_000 }, () => {
  it.scopedLive.each(["read", "submit"] as const)("of each reply to a %s", (phase) =>
    Effect.gen(function* () {
      const server = yield* SimulatorServer.make()
      for (const fault of replies) {
        const show = shownBy(server, phase, fault)
        const byAxios = yield* show(axiosShows)
        const expected = statusOf(fault)
        if (expected !== undefined) expect(byAxios.status, fault).toBe(expected)
        expect(byAxios.said === undefined, fault).toBe(/-(empty|message)$/.test(fault ?? ""))
        expect(yield* show(openai), fault).toEqual(byAxios)
        for (const connect of [connects.fetch, connects.undici]) {
          expect(yield* show(ours(connect)), fault).toEqual({ ...byAxios, headers: undefined })
        }
      }
      expect(replies.length).toBeGreaterThan(190)
    })
  )

  it.scopedLive.each(["fetch", "undici"] as const)("of each Retry-After, over %s", (connect) =>
    Effect.gen(function* () {
      const server = yield* SimulatorServer.make()
      expect(waits.map(([name]) => name)).toEqual(Faults.names.filter((name) => name.startsWith("retry-")))
      for (const [fault, wait] of waits) {
        yield* meeting(server, "read", fault)
        const error = yield* Effect.flip(Effect.provide(call("read"), clientOf(connects[connect], server.url)))
        const shown = "retryAfter" in error && error.retryAfter !== undefined ? Duration.toMillis(error.retryAfter) : -1
        // Node writes a new `Date` once a second, so a date may be a second further from it than it was meant.
        expect([wait, wait + 1000], fault).toContain(shown)
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
