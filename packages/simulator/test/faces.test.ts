/** One script of requests and faults through each face: what is decided must not depend on how it is carried. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import * as SimulatorFetch from "@effect-cheapai/simulator/SimulatorFetch"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { body, CREDITS, MUSIC } from "./requests.js"

interface Sent {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly key?: string
  readonly json?: unknown
  readonly form?: () => FormData
}

/** Status, type and body of a reply, or which part of it never came. */
type Outcome = readonly [number, string | undefined, string] | "no reply" | "half a reply"

interface Face {
  readonly simulator: Simulator.Simulator
  readonly send: (sent: Sent) => Effect.Effect<Outcome>
}

/** A form brings its own content type, with the boundary. */
const headersOf = ({ form, key = "sk_test_valid" }: Sent): Record<string, string> => {
  const authorization = `Bearer ${key}`
  return form === undefined ? { authorization, "content-type": "application/json" } : { authorization }
}

const bodyOf = ({ form, json }: Sent): RequestInit =>
  form !== undefined ? { body: form() } : json !== undefined ? { body: JSON.stringify(json) } : {}

const byFetch =
  (fetch: typeof globalThis.fetch, origin: string): Face["send"] =>
  (sent) =>
    Effect.promise(async () => {
      const init = { method: sent.method, headers: headersOf(sent), ...bodyOf(sent) }
      const response = await fetch(origin + sent.path, init).catch(() => undefined)
      if (response === undefined) return "no reply"
      const type = response.headers.get("content-type") ?? undefined
      return response.text().then(
        (text): Outcome => [response.status, type, text],
        (): Outcome => "half a reply"
      )
    })

const byClient =
  (client: HttpClient.HttpClient): Face["send"] =>
  (sent) => {
    const request = HttpClientRequest.make(sent.method)(`http://a.test${sent.path}`, { headers: headersOf(sent) })
    const plain = sent.json === undefined ? request : HttpClientRequest.bodyUnsafeJson(request, sent.json)
    const full = sent.form === undefined ? plain : HttpClientRequest.bodyFormData(plain, sent.form())
    return client.execute(full).pipe(
      Effect.flatMap((response) =>
        Effect.map(response.text, (text): Outcome => [response.status, response.headers["content-type"], text])
      ),
      Effect.catchTags({
        RequestError: (): Effect.Effect<Outcome> => Effect.succeed("no reply"),
        ResponseError: (): Effect.Effect<Outcome> => Effect.succeed("half a reply")
      })
    )
  }

const options: Simulator.Options = {
  credits: 3000,
  prices: { dubbing: 1 },
  taskDuration: 0,
  fileOrigin: "http://files.test"
}

const faces: Readonly<Record<string, Effect.Effect<Face, SimulatorServer.ListenError, Scope.Scope>>> = {
  client: Effect.map(Simulator.make(options), (simulator) => ({
    simulator,
    send: byClient(SimulatorClient.make(simulator))
  })),
  fetch: Effect.map(Simulator.make(options), (simulator) => ({
    simulator,
    send: byFetch(SimulatorFetch.fetch(simulator), "http://a.test")
  })),
  server: Effect.map(SimulatorServer.make(options), ({ simulator, url }) => ({
    simulator,
    send: byFetch(globalThis.fetch, url)
  }))
}

const submit: Sent = { method: "POST", path: "/v1m/task/music-generation", json: body }

const dubbing = (language: string): Sent => ({
  method: "POST",
  path: "/v1/task/dubbing",
  form: () => {
    const form = new FormData()
    form.append("target_lang", language)
    form.append("num_speakers", "2")
    form.append("file", new Blob([new Uint8Array([13, 10, 45, 45])]), 'ein "Lied"\r\nüber 日本.mp3')
    return form
  }
})

const credits: Sent = { method: "GET", path: "/v1/credits" }

const faults = [
  Fault.reply(CREDITS, Fault.nginx502, { skip: 1 }),
  Fault.drop(CREDITS),
  Fault.drop(CREDITS, { end: "close" }),
  Fault.cut(MUSIC, { end: "reset" }),
  Fault.taskFails(MUSIC, "no")
]

const script: ReadonlyArray<Sent> = [
  ...[credits, credits, credits, credits],
  ...[submit, submit, submit, submit],
  { ...submit, json: { ...body, n: "2" } },
  { ...submit, json: { ...body, idea: "" } },
  { ...submit, key: "sk_test_daily" },
  { ...submit, key: "sk_test_forbidden" },
  { ...credits, key: "sk_test_expired" },
  { ...credits, key: "sk_test_nobody" },
  { method: "GET", path: "/v1/task/task_000001" },
  { method: "GET", path: "/v1/task/task_000002?a=%20b" },
  { method: "GET", path: "/v1/task/none" },
  { method: "GET", path: "/files/task_000001-1.wav" },
  { method: "GET", path: "/nowhere" },
  dubbing("de"),
  dubbing(""),
  credits
]

/** The clock differs from face to face, and only the clock. */
const timeless = (text: string) => text.replace(/"created_at":"[^"]*"/, "").replace(/"at":\d+/g, "")

const play = ({ simulator, send }: Face) =>
  Effect.gen(function* () {
    yield* simulator.inject(...faults)
    const outcomes = yield* Effect.forEach(script, send)
    const books = { ledger: yield* simulator.ledger, requests: yield* simulator.requests }
    return {
      outcomes: outcomes.map((outcome) =>
        typeof outcome === "string" ? outcome : ([outcome[0], outcome[1], timeless(outcome[2])] as const)
      ),
      books: timeless(JSON.stringify(books))
    }
  })

it.scopedLive("all faces give the same decisions and keep the same books", () =>
  Effect.gen(function* () {
    const played = yield* Effect.all(Object.values(faces)).pipe(Effect.flatMap((all) => Effect.forEach(all, play)))
    const [first, ...others] = played
    const brief = first?.outcomes.map((outcome) => (typeof outcome === "string" ? outcome : outcome[0]))
    expect(brief).toEqual([
      ...["no reply", 502, "no reply", 200],
      ...["half a reply", 200, 200, 402],
      ...[400, 400, 429, 403, 401, 401],
      ...[200, 400, 404, 200, 404],
      ...[200, 400, 200]
    ])
    expect(others).toHaveLength(2)
    for (const other of others) expect(other).toEqual(first)
  })
)
