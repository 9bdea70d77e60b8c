import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Task from "@effect-cheapai/core/Task"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Script from "@effect-cheapai/testing/Script"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { inVirtualTime, sentAt } from "./calls.js"

const url = new URL("https://files.example.com/a.mp3?signature=secret")
const text = "the bytes of a song"
const file = (headers: Readonly<Record<string, string>> = {}) =>
  Script.reply(200, text, { headers: { "content-length": String(text.length), ...headers } })
const redirect = (location: string) => Script.reply(302, "", { headers: { location } })
const expired = Script.reply(403, "<Error><Message>Request has expired</Message></Error>")

const bytes = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) =>
  Effect.map(Stream.runCollect(stream), (chunks) => new TextDecoder().decode(Wire.join(Chunk.toReadonlyArray(chunks))))

const download = bytes(Download.stream(url))
const sent = Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)

describe("stream", () => {
  it.effect("gives the bytes, and never shows the key", () =>
    Effect.gen(function* () {
      expect(yield* download).toBe(text)
      const [request] = yield* sent
      expect(request).toMatchObject({ method: "GET", target: "/a.mp3?signature=secret" })
      expect(request?.headers).not.toHaveProperty("authorization")
    }).pipe(Effect.provide(Script.layer([file()])))
  )

  it.effect("shows how far it is", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make<ReadonlyArray<Download.Progress>>([])
      yield* bytes(Download.stream(url, { onProgress: (progress) => Ref.update(seen, (all) => [...all, progress]) }))
      expect((yield* Ref.get(seen)).at(-1)).toEqual({ received: text.length, expected: text.length })
    }).pipe(Effect.provide(Script.layer([file()])))
  )

  it.effect("follows 5 redirects, relative ones too, without the key", () =>
    Effect.gen(function* () {
      expect(yield* download).toBe(text)
      const all = yield* sent
      expect(all.map(({ target }) => target)).toEqual(["/a.mp3?signature=secret", "/b", "/c", "/c", "/c", "/c"])
      for (const { headers } of all) expect(headers).not.toHaveProperty("authorization")
    }).pipe(
      Effect.provide(
        Script.layer([
          redirect("/b"),
          redirect("https://other.example.com/c"),
          redirect("/c"),
          redirect("c"),
          redirect("/c"),
          file()
        ])
      )
    )
  )

  it.effect("but no sixth", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(download)).toMatchObject({ _tag: "DownloadError", reason: "status" })
      expect(yield* sentAt).toHaveLength(6)
    }).pipe(Effect.provide(Script.layer([redirect("/a.mp3")])))
  )

  it.effect.each([
    "http://files.example.com/a",
    "http://127.0.0.1/a",
    "ftp://files.example.com/a",
    "file:///etc/passwd"
  ])("%s is fetched neither at first nor after a redirect", (address) =>
    Effect.gen(function* () {
      const first = yield* Effect.flip(bytes(Download.stream(new URL(address))))
      expect(first).toMatchObject({ _tag: "DownloadError", reason: "status" })
      expect(yield* sentAt).toEqual([])
      expect(yield* Effect.flip(download)).toMatchObject({ _tag: "DownloadError", reason: "status" })
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([redirect(address)])))
  )

  it.effect("a file of this machine is fetched by a client of this machine", () =>
    Effect.gen(function* () {
      expect(yield* bytes(Download.stream(new URL("http://127.0.0.1:4010/a")))).toBe(text)
    }).pipe(Effect.provide(Script.layer([file()], { baseUrl: "http://localhost:4010" })))
  )

  it.effect("an expired address is not said to have used up the tries", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(CheapAi.withRetryPolicy(RetryPolicy.none)(download))
      expect(error).toMatchObject({ reason: "expired", stopped: "not-transient" })
    }).pipe(Effect.provide(Script.layer([expired])))
  )

  const faults: ReadonlyArray<readonly [what: string, step: Script.Step, facts: object]> = [
    [
      "an expired address",
      expired,
      { reason: "expired", isTransient: true, status: 403, stopped: "not-transient", attempts: [{ status: 403 }] }
    ],
    ["a missing file", Script.reply(404, "no"), { reason: "expired" }],
    ["a refusal", Script.reply(451, "no"), { reason: "status", isTransient: false, status: 451 }],
    [
      "fewer bytes than announced",
      file({ "content-length": "100" }),
      { reason: "length", received: 19, expected: 100 }
    ],
    ["more bytes than announced", file({ "content-length": "5" }), { reason: "length", received: 19, expected: 5 }],
    [
      "a file that breaks off",
      Script.wire({
        head: { status: 200, headers: { "content-length": "100" } },
        chunks: [new Uint8Array(7)],
        end: "reset"
      }),
      { reason: "transport", received: 7, expected: 100, isTransient: true }
    ],
    [
      "a file that stands still",
      Script.wire({ head: { status: 200, headers: {} }, chunks: [new Uint8Array(7)], end: "stall" }),
      { reason: "transport", received: 7 }
    ]
  ]

  it.effect.each(faults)("%s", ([, step, facts]) =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(download))
      expect(error).toMatchObject({ _tag: "DownloadError", replay: "safe", ...facts })
      expect(JSON.stringify(error)).not.toContain("signature")
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([step])))
  )

  it.effect.each([Script.reply(503, "busy"), Script.fails("reset"), Script.never()])("opening is retried", (step) =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(download)).toBe(text)
      expect(yield* sentAt).toHaveLength(2)
    }).pipe(Effect.provide(Script.layer([step, file()])))
  )

  const busy = Script.reply(503, "busy", { headers: { "retry-after": "30", "x-request-id": "r-1" } })

  it.effect("opening waits as long as the host asks for", () =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(download)).toBe(text)
      const [, second] = yield* sentAt
      expect(second).toBeGreaterThanOrEqual(30_000)
    }).pipe(Effect.provide(Script.layer([busy, file()])))
  )

  it.effect("retries are of the client's budget, and the error says what was tried and why no more", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(download)
      expect(error).toMatchObject({
        stopped: "budget-empty",
        retryAfter: Duration.seconds(30),
        attempts: [{ number: 1, route: "result file", status: 503, result: "DownloadError", requestId: "r-1" }]
      })
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([busy], { retryBudget: { tokens: 0 } })))
  )

  it.effect("nothing is opened once the call's time is over", () =>
    Effect.gen(function* () {
      const error = yield* download.pipe(
        CheapAi.withRetryPolicy(Schedule.spaced("2 seconds")),
        CheapAi.withTimeouts({ total: "7 seconds" }),
        Effect.flip,
        inVirtualTime
      )
      expect(error).toMatchObject({ reason: "status", status: 503, stopped: "deadline" })
      expect(yield* sentAt).toEqual([0, 2000, 4000, 6000])
      const none = yield* Effect.flip(CheapAi.withTimeouts({ total: 0 })(download))
      expect(none).toMatchObject({ _tag: "DownloadError", reason: "transport", stopped: "deadline", attempts: [] })
      expect(yield* sentAt).toHaveLength(4)
    }).pipe(Effect.provide(Script.layer([busy])))
  )

  it.effect("a length is not checked where the host compressed the file", () =>
    Effect.gen(function* () {
      expect(yield* download).toBe(text)
    }).pipe(Effect.provide(Script.layer([file({ "content-length": "5", "content-encoding": "identity-like" })])))
  )
})

describe("fromTask", () => {
  const done = (address: string) =>
    Script.reply(200, {
      id: "t-1",
      status: "done",
      metadata: { music_result: { data: [{ audio_url: `https://files.example.com/${address}` }] } }
    })
  const song = bytes(Download.fromTask(Task.fromId(Music.Generate, "t-1"), ({ tracks: [track] }) => track.audioUrl))

  it.effect("fetches the task once more when the address has expired", () =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(song)).toBe(text)
      expect((yield* sent).map(({ target }) => target)).toEqual(["/v1/task/t-1", "/old", "/v1/task/t-1", "/new"])
    }).pipe(Effect.provide(Script.layer([done("old"), expired, done("new"), file()])))
  )

  it.effect("but not twice", () =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(Effect.flip(song))).toMatchObject({ _tag: "DownloadError", reason: "expired" })
      expect(yield* sentAt).toHaveLength(4)
    }).pipe(Effect.provide(Script.layer([done("old"), expired, done("new"), expired])))
  )

  it.effect("of a file that the result does not have says so", () =>
    Effect.gen(function* () {
      const task = Task.fromId(Music.Generate, "t-1")
      const error = yield* inVirtualTime(
        Effect.flip(bytes(Download.fromTask(task, ({ tracks: [track] }) => track.coverUrl)))
      )
      expect(error).toMatchObject({ _tag: "InvalidInputError", taskId: "t-1", issues: [{ path: "address" }] })
    }).pipe(Effect.provide(Script.layer([done("old")])))
  )

  it.effect("is answered in a test by TestCheapAi.file", () =>
    Effect.gen(function* () {
      const task = yield* Music.generate({ model: "music-2.5", idea: "rain" })
      expect(yield* inVirtualTime(bytes(Download.fromTask(task, ({ tracks: [track] }) => track.audioUrl)))).toBe(text)
    }).pipe(
      Effect.provide(
        TestCheapAi.layer(
          TestCheapAi.on(Music.Generate, () => Effect.succeed({ tracks: [{ audioUrl: url }] })),
          TestCheapAi.file(url, new TextEncoder().encode(text))
        )
      )
    )
  )
})
