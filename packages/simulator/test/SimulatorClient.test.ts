import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { body, CREDITS, MUSIC } from "./requests.js"

const origin = "https://api.example.test"

const credits = HttpClientRequest.get(`${origin}/v1/credits`).pipe(HttpClientRequest.bearerToken("sk_test_valid"))

const music = HttpClientRequest.post(`${origin}/v1m/task/music-generation`).pipe(
  HttpClientRequest.bearerToken("sk_test_valid"),
  HttpClientRequest.bodyUnsafeJson(body)
)

const withSimulator = <A, E>(
  test: (simulator: Simulator.Simulator) => Effect.Effect<A, E, HttpClient.HttpClient>,
  options?: Simulator.Options
) =>
  Effect.flatMap(Simulator.make(options), (simulator) =>
    Effect.provide(test(simulator), SimulatorClient.layer(simulator))
  )

/** Gives back the body of the request, so that a test sees what arrived. */
const echo: Pick<Simulator.Simulator, "handle"> = {
  handle: (request) =>
    Effect.succeed(Wire.bytes(200, request.headers["content-type"] ?? "none", request.body, { target: request.target }))
}

describe("SimulatorClient", () => {
  it.effect("submits, polls under TestClock, and downloads", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        expect(yield* (yield* HttpClient.execute(music)).json).toMatchObject({ task_id: "task_000001" })
        const poll = HttpClientRequest.get(`${origin}/v1/task/task_000001`).pipe(
          HttpClientRequest.bearerToken("sk_test_valid")
        )
        expect(yield* (yield* HttpClient.execute(poll)).json).toMatchObject({ status: "doing" })
        yield* TestClock.adjust("6 seconds")
        expect(yield* (yield* HttpClient.execute(poll)).json).toMatchObject({ status: "done" })
        const file = yield* HttpClient.get("https://elsewhere.test/files/task_000001-1.wav")
        expect(file.headers["content-type"]).toBe("audio/wav")
        const chunks = yield* Stream.runCollect(file.stream)
        expect(Chunk.size(chunks)).toBeGreaterThan(1)
        expect(Wire.join(chunks).length).toBe(Number(file.headers["content-length"]))
        expect((yield* file.arrayBuffer).byteLength).toBe(Number(file.headers["content-length"]))
        expect(Ledger.charged(yield* simulator.ledger)).toBe(1188)
      })
    )
  )

  it.effect.each<readonly [Fault.Fault, string]>([
    [Fault.drop(CREDITS), "ECONNRESET"],
    [Fault.drop(CREDITS, { end: "close" }), "UND_ERR_SOCKET"]
  ])("%j is a transport error", ([fault, code]) =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(fault)
        const error = yield* Effect.flip(HttpClient.execute(credits))
        expect(error).toMatchObject({ _tag: "RequestError", reason: "Transport", cause: { code } })
      })
    )
  )

  it.effect("half a reply gives its half and then fails in the body", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(Fault.cut(CREDITS, { end: "reset", times: 2 }))
        const response = yield* HttpClient.execute(credits)
        expect(response.status).toBe(200)
        const seen: Array<Uint8Array> = []
        const read = Stream.runForEach(response.stream, (chunk) => Effect.sync(() => seen.push(chunk)))
        const error = yield* Effect.flip(read)
        expect(error).toMatchObject({ _tag: "ResponseError", reason: "Decode", cause: { code: "ECONNRESET" } })
        expect(new TextDecoder().decode(Wire.join(seen))).toBe('{"success":true,')
        expect((yield* Effect.flip((yield* HttpClient.execute(credits)).text))._tag).toBe("ResponseError")
      })
    )
  )

  it.effect("a stall lasts until it is interrupted, with and without a head", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(Fault.stall(CREDITS), Fault.cut(CREDITS, { end: "stall" }))
        const text = Effect.flatMap(HttpClient.execute(credits), (response) => response.text)
        for (const _ of [1, 2]) {
          const fiber = yield* Effect.fork(text)
          yield* TestClock.adjust("10 days")
          expect(fiber.unsafePoll()).toBeNull()
          expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
        }
        expect(yield* text).toBe('{"success":true,"credits":100000}')
      })
    )
  )

  it.effect("a request that was not read is told from one whose reply was lost", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(Fault.unread(MUSIC), Fault.drop(MUSIC, { booked: true }))
        for (const [syscall, charges] of [
          ["write", 0],
          ["read", 1]
        ] as const) {
          const error = yield* Effect.flip(HttpClient.execute(music))
          expect(error).toMatchObject({ reason: "Transport", cause: { code: "ECONNRESET", syscall } })
          expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(charges)
        }
      })
    )
  )

  it.effect("a drip takes its time, chunk by chunk", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(Fault.drip(CREDITS, { pause: "1 seconds" }))
        const response = yield* HttpClient.execute(credits)
        const seen: Array<number> = []
        const read = Stream.runForEach(response.stream, (chunk) => Effect.sync(() => seen.push(chunk.length)))
        const fiber = yield* Effect.fork(read)
        expect(seen).toEqual([])
        yield* TestClock.adjust("2 seconds")
        expect(seen).toEqual([5, 5])
        yield* TestClock.adjust("4999 millis")
        expect(fiber.unsafePoll()).toBeNull()
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(fiber)
        expect(seen).toEqual([5, 5, 5, 5, 5, 5, 3])
      })
    )
  )

  it.effect("JSON that is none is a ResponseError, and an empty body is null", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        yield* simulator.inject(Fault.reply(CREDITS, Fault.brokenJson(500)), Fault.reply(CREDITS, Wire.text(204, "")))
        const json = Effect.flatMap(HttpClient.execute(credits), (response) => response.json)
        expect(yield* Effect.flip(json)).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
        expect(yield* json).toBeNull()
      })
    )
  )

  it.effect("every kind of body arrives as bytes with its type", () =>
    Effect.gen(function* () {
      const form = new FormData()
      form.append("file", new Blob(["abc"]), "a.mp3")
      const bytes = new TextEncoder().encode("abc")
      const bodies: ReadonlyArray<readonly [HttpBody.HttpBody, RegExp, RegExp]> = [
        [HttpBody.empty, /^none$/, /^$/],
        [HttpBody.text("abc"), /^text\/plain$/, /^abc$/],
        [HttpBody.raw("abc", { contentType: "a/b" }), /^a\/b$/, /^abc$/],
        [HttpBody.raw(new Blob(["abc"], { type: "c/d" })), /^c\/d$/, /^abc$/],
        [HttpBody.stream(Stream.make(bytes, bytes), "e/f"), /^e\/f$/, /^abcabc$/],
        [HttpBody.formData(form), /^multipart\/form-data; boundary=/, /filename="a\.mp3"[\s\S]*abc/]
      ]
      for (const [sent, type, text] of bodies) {
        const request = HttpClientRequest.post(`${origin}/a%20b?c=d`).pipe(HttpClientRequest.setBody(sent))
        const response = yield* SimulatorClient.make(echo).execute(request)
        expect(response.headers["content-type"]).toMatch(type)
        expect(response.headers.target).toBe("/a%20b?c=d")
        expect(yield* response.text).toMatch(text)
      }
    })
  )

  it.effect("a body that cannot be read is an Encode error, and nothing arrives", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        const request = HttpClientRequest.setBody(music, HttpBody.stream(Stream.fail("gone"), "application/json"))
        const error = yield* Effect.flip(HttpClient.execute(request))
        expect(error).toMatchObject({ _tag: "RequestError", reason: "Encode", cause: "gone" })
        expect(yield* simulator.requests).toEqual([])
      })
    )
  )

  it.effect("is a whole response: cookies, form, parameters, JSON form without the body", () =>
    withSimulator((simulator) =>
      Effect.gen(function* () {
        const form = Wire.bytes(200, "application/x-www-form-urlencoded", new TextEncoder().encode("a=1"), {
          "set-cookie": "c=2"
        })
        yield* simulator.inject(Fault.reply(MUSIC, form))
        const response = yield* HttpClient.execute(music)
        expect(yield* response.urlParamsBody).toEqual([["a", "1"]])
        expect((yield* response.formData).get("a")).toBe("1")
        expect(Object.keys(response.cookies.cookies)).toEqual(["c"])
        expect(JSON.stringify(response)).not.toContain("a=1")
      })
    )
  )
})
