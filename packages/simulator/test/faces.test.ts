/** One script of requests and faults through each face: what is decided must not depend on how it is carried. */
import { expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Faces from "./faces.js"
import { body, CREDITS, MUSIC } from "./requests.js"

const options: Simulator.Options = {
  credits: 3000,
  prices: { dubbing: 1 },
  taskDuration: 0,
  fileOrigin: "http://files.test"
}

const submit: Faces.Sent = { method: "POST", path: "/v1m/task/music-generation", json: body }

const dubbing = (language: string): Faces.Sent => ({
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

const credits: Faces.Sent = { method: "GET", path: "/v1/credits" }

const faults = [
  Fault.reply(CREDITS, Fault.nginx502, { skip: 1 }),
  Fault.drop(CREDITS),
  Fault.drop(CREDITS, { end: "close" }),
  Fault.cut(MUSIC, { end: "reset" }),
  Fault.taskFails(MUSIC, "no")
]

const script: ReadonlyArray<Faces.Sent> = [
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

/** What all faces must agree on. */
const essence = (outcome: Faces.Outcome) =>
  typeof outcome === "string"
    ? outcome
    : [outcome.status, outcome.headers["content-type"], Faces.timeless(outcome.text)]

const play = ({ simulator, send }: Faces.Face) =>
  Effect.gen(function* () {
    yield* simulator.inject(...faults)
    const outcomes = yield* Effect.forEach(script, send)
    const books = { ledger: yield* simulator.ledger, requests: yield* simulator.requests }
    return { outcomes: outcomes.map(essence), books: Faces.timeless(JSON.stringify(books)) }
  })

it.scopedLive("all faces give the same decisions and keep the same books", () =>
  Effect.gen(function* () {
    const played = yield* Effect.all(Faces.all(options)).pipe(Effect.flatMap((all) => Effect.forEach(all, play)))
    const [first, ...others] = played
    const brief = first?.outcomes.map((outcome) => (typeof outcome === "string" ? outcome : outcome[0]))
    expect(brief).toEqual([
      ...["no reply: ECONNRESET", 502, "no reply: UND_ERR_SOCKET", 200],
      ...["half a reply: ECONNRESET", 200, 200, 402],
      ...[400, 400, 429, 403, 401, 401],
      ...[200, 400, 404, 200, 404],
      ...[200, 400, 200]
    ])
    expect(others).toHaveLength(2)
    for (const other of others) expect(other).toEqual(first)
  })
)
