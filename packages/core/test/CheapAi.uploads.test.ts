import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Multipart from "@effect-cheapai/core/Multipart"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Script from "@effect-cheapai/testing/Script"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { created, inVirtualTime, sentAt } from "./calls.js"

const Echo = Route.makeTask({
  path: "/v1/task/echo",
  encoding: "multipart",
  input: Schema.Struct({ title: Schema.optional(Schema.String), file: Upload.UploadFromSelf }),
  result: Schema.Struct({})
})

const bytes = new TextEncoder().encode("twelve bytes")
const options = { name: "a.txt", type: "text/plain" }
const echo = (file: Upload.Upload, title?: string) => CheapAi.execute(Echo, { file, title })

const busy = Script.reply(503, { success: false, error: "Service unavailable" })

const sent = Effect.flatMap(Script.Recorder, (recorder) => recorder.sent)

describe("a body of parts", () => {
  const awkward: ReadonlyArray<readonly [name: string, written: string]> = [
    ['say "hi".txt', 'filename="say %22hi%22.txt"'],
    ["two\r\nlines.txt", 'filename="two%0D%0Alines.txt"'],
    ["Lied für Ähren 🎵.txt", 'filename="Lied für Ähren 🎵.txt"']
  ]

  it.effect.each(awkward)("writes the name %j so that it can't end its line", ([name, written]) =>
    Effect.gen(function* () {
      yield* echo(Upload.fromBytes(bytes, { ...options, name }))
      const [request] = yield* sent
      expect(request?.body.split("\r\n")[1]).toBe(`Content-Disposition: form-data; name="file"; ${written}`)
      expect(request?.headers["content-length"]).toBe(String(new TextEncoder().encode(request?.body).length))
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect.each(["audio/webm;codecs=opus", "video/webm; codecs=vp8,opus", 'text/plain; charset="utf-8"'])(
    "takes the type %s as it is",
    (type) =>
      Effect.gen(function* () {
        yield* echo(Upload.fromBytes(bytes, { ...options, type }))
        expect((yield* sent)[0]?.body).toContain(`Content-Type: ${type}\r\n\r\n`)
      }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  it.effect("has its fields before its files, each as it is", () =>
    Effect.gen(function* () {
      yield* echo(Upload.fromBytes(bytes, options), "a\r\nb")
      const [request] = yield* sent
      const mark = request?.headers["content-type"]?.split("boundary=")[1]
      expect(request?.body).toBe(
        [
          `--${mark}`,
          'Content-Disposition: form-data; name="title"',
          "",
          "a\r\nb",
          `--${mark}`,
          'Content-Disposition: form-data; name="file"; filename="a.txt"',
          "Content-Type: text/plain",
          "",
          "twelve bytes",
          `--${mark}--`,
          ""
        ].join("\r\n")
      )
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  const refused: ReadonlyArray<readonly [what: string, file: Upload.Upload, reason: RegExp]> = [
    ["an empty file", Upload.fromBytes(new Uint8Array(), options), /is empty/],
    ["an empty blob", Upload.fromBlob(new Blob([])), /is empty/],
    ["an empty stream", Upload.fromStream(Stream.make(new Uint8Array()), options), /is empty/],
    ["a stream that fails at once", Upload.fromStream(Stream.fail("no"), options), /failed/],
    ["no name", Upload.fromBytes(bytes, { ...options, name: "" }), /no name/],
    ["a type that is none", Upload.fromBytes(bytes, { ...options, type: "text/plain\r\nX: y" }), /media type/],
    [
      "a file of one's own kind that can't be read",
      Upload.make({ ...options, look: Effect.fail(new Upload.UploadError({ reason: "does not exist" })) }),
      /does not exist/
    ]
  ]

  it.effect.each(refused)("%s is refused unsent", ([, file, reason]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(echo(file))
      expect(error).toMatchObject({ _tag: "InvalidInputError", outcome: "not-sent", issues: [{ path: "file" }] })
      expect(error.message).toMatch(reason)
      expect(yield* sentAt).toEqual([])
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )

  const changing: ReadonlyArray<readonly [what: string, size: number]> = [
    ["shorter than announced", 13],
    ["longer than announced", 11]
  ]

  it.effect.each(changing)("a file that is %s ends the request", ([, size]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(echo(Upload.fromStream(Stream.make(bytes), { ...options, size })))
      expect(error).toMatchObject({ _tag: "InvalidInputError", outcome: "unknown", issues: [{ path: "file" }] })
      expect(error.message).toMatch(/was not sent to its end.*as long as it was/)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )
})

describe("a retry", () => {
  it.effect("opens the bytes again", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(echo(Upload.fromBytes(bytes, options)))
      const [first, second] = yield* sent
      expect(second?.body).toBe(first?.body)
      expect(second?.body).toContain("twelve bytes")
    }).pipe(Effect.provide(Script.layer([busy, Script.reply(200, created)])))
  )

  it.effect("is not made with a stream that was read, and the error says so", () =>
    Effect.gen(function* () {
      const file = Upload.fromStream(Stream.make(bytes), options)
      const error = yield* inVirtualTime(Effect.flip(echo(file)))
      expect(error).toMatchObject({ _tag: "ServiceUnavailableError", stopped: "stream-used", outcome: "rejected" })
      expect(error.isRetryable).toBe(false)
      expect(CheapAiError.explain(error)).toContain("The client made 1 request (503).")
      expect(CheapAiError.explain(error)).toContain("which can be read only once")
      expect(yield* Effect.flip(echo(file))).toMatchObject({ _tag: "InvalidInputError", issues: [{ path: "file" }] })
      expect(yield* sentAt).toHaveLength(1)
    }).pipe(Effect.provide(Script.layer([busy, Script.reply(200, created)])))
  )
})

/** A client that takes a body piece by piece, and then answers after a while. */
const slowClient = (perPiece: Duration.DurationInput, reply: Duration.DurationInput) =>
  HttpClient.make((request) =>
    Effect.gen(function* () {
      const { body } = request
      if (body._tag === "Stream") yield* Stream.runForEach(Stream.orDie(body.stream), () => Effect.sleep(perPiece))
      yield* Effect.sleep(reply)
      return HttpClientResponse.fromWeb(request, new Response(JSON.stringify(created)))
    })
  )

const over = (client: HttpClient.HttpClient) =>
  CheapAi.layer({
    apiKey: Redacted.make("sk_test_valid"),
    retry: RetryPolicy.none,
    timeouts: { total: "1 hour" }
  }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
    Layer.provide(
      Layer.succeed(Transport.Transport, {
        evidence: "unknown" as const,
        codeOf: () => "unknown" as const,
        headers: {},
        makeBody: Multipart.toStream
      })
    )
  )

const pieces = (many: number) =>
  Upload.fromStream(Stream.fromIterable(Array.from({ length: many }, () => bytes)), { ...options, size: 12 * many })

describe("the time of an upload", () => {
  it.effect("is not that of one attempt while bytes leave", () =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(echo(pieces(20)))).toMatchObject({ taskId: "t-1" })
    }).pipe(Effect.provide(over(slowClient("20 seconds", "50 seconds"))))
  )

  const late: ReadonlyArray<
    readonly [what: string, perPiece: Duration.DurationInput, reply: Duration.DurationInput, elapsed: number]
  > = [
    ["30 seconds without a byte", "31 seconds", "1 second", 30_000],
    ["60 seconds without a reply after the last byte", "0 seconds", "61 seconds", 60_000]
  ]

  it.effect("counts the time for the reply from the last byte, however patient it was before", () =>
    Effect.gen(function* () {
      const patient = CheapAi.withTimeouts({ idle: "10 minutes", attempt: "5 seconds" })
      const error = yield* inVirtualTime(Effect.flip(patient(echo(pieces(2)))))
      if (error._tag !== "TimeoutError") return expect.unreachable(error._tag)
      // Four pieces leave, two of them framing.
      expect(Duration.toSeconds(error.elapsed)).toBe(4 + 5)
    }).pipe(Effect.provide(over(slowClient("1 second", "6 seconds"))))
  )

  it.effect.each(late)("ends after %s", ([, perPiece, reply, elapsed]) =>
    Effect.gen(function* () {
      const error = yield* inVirtualTime(Effect.flip(echo(pieces(3))))
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "attempt", outcome: "unknown" })
      if (error._tag === "TimeoutError") expect(Duration.toMillis(error.elapsed)).toBe(elapsed)
    }).pipe(Effect.provide(over(slowClient(perPiece, reply))))
  )
})

describe("onUpload", () => {
  it.effect("shows a growing number of bytes, the whole last, for each attempt", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make<ReadonlyArray<Upload.Progress>>([])
      const file = Upload.fromBlob(new Blob([bytes]), options)
      yield* inVirtualTime(
        echo(file).pipe(CheapAi.onUpload((progress) => Ref.update(seen, (all) => [...all, progress])))
      )
      const all = yield* Ref.get(seen)
      for (const attempt of [1, 2]) {
        const sent = all.filter((progress) => progress.attempt === attempt).map((progress) => progress.sent)
        expect(sent).toEqual([...sent].sort((a, b) => a - b))
        expect(sent.at(-1)).toBe(all[0]?.total)
      }
    }).pipe(Effect.provide(Script.layer([busy, Script.reply(200, created)])))
  )

  it.effect("a fault in it costs nothing", () =>
    Effect.gen(function* () {
      const file = Upload.fromBytes(bytes, options)
      expect(yield* echo(file).pipe(CheapAi.onUpload(() => Effect.dieMessage("oops")))).toMatchObject({ taskId: "t-1" })
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )
})

describe("a watcher that never ends", () => {
  it.effect("delays the call by a second at most", () =>
    Effect.gen(function* () {
      const watched = echo(Upload.fromBytes(bytes, options)).pipe(CheapAi.onUpload(() => Effect.never))
      const [took, submitted] = yield* inVirtualTime(Effect.timed(watched))
      expect(submitted).toMatchObject({ taskId: "t-1" })
      expect(Duration.toSeconds(took)).toBeLessThanOrEqual(1)
    }).pipe(Effect.provide(Script.layer([Script.reply(200, created)])))
  )
})

describe("bytes in memory", () => {
  it.effect("are handed over in pieces, so that what is reported tells how much has left", () =>
    Effect.gen(function* () {
      const reports: Array<number> = []
      const pieces = [new Uint8Array(1_000_000)]
      const body = yield* Effect.scoped(
        Multipart.toStream({ contentType: "a/b", length: 1_000_000, pieces }, (sent) => reports.push(sent))
      )
      if (body._tag !== "Stream") return expect.unreachable(body._tag)
      yield* Stream.runDrain(body.stream)
      expect(reports.slice(0, 3)).toEqual([0, 131_072, 262_144])
      expect(reports.at(-1)).toBe(1_000_000)
    })
  )
})

describe("before the files are open", () => {
  it.effect("nothing has been sent, whatever the platform can prove", () =>
    Effect.gen(function* () {
      const slow = Stream.fromEffect(Effect.as(Effect.sleep("1 minute"), bytes))
      const error = yield* echo(Upload.fromStream(slow, options)).pipe(
        CheapAi.withTimeouts({ total: "10 seconds" }),
        Effect.flip,
        inVirtualTime
      )
      expect(error).toMatchObject({ _tag: "TimeoutError", phase: "total", outcome: "not-sent" })
    }).pipe(Effect.provide(over(slowClient("0 seconds", "0 seconds"))))
  )
})

describe("a deletion that is sent again", () => {
  const Remove = Route.make({
    method: "DELETE",
    path: "/v1m/voice/clone/{id}",
    replay: "safe",
    input: Schema.Struct({ id: Schema.String }),
    output: Schema.Struct({})
  })
  const gone = Script.reply(404, { success: false, error: "Voice not found" })
  const remove = CheapAi.execute(Remove, { id: "7" })

  it.effect.each([Script.fails("reset"), Script.reply(500, { success: false, error: "broke" }), Script.never()])(
    "succeeds on a 404 where the first try may have been carried out",
    (first) =>
      Effect.gen(function* () {
        expect(yield* inVirtualTime(remove)).toEqual({})
        expect(yield* sentAt).toHaveLength(2)
      }).pipe(Effect.provide(Script.layer([first, gone])))
  )

  it.effect.each([
    [gone],
    [Script.fails("refused"), gone],
    [Script.reply(429, { success: false, error: "Too many requests" }), gone]
  ])("fails with the 404 where it can't have been", (...steps) =>
    Effect.gen(function* () {
      expect(yield* inVirtualTime(Effect.flip(remove))).toMatchObject({ _tag: "NotFoundError" })
    }).pipe(Effect.provide(Script.layer(steps.flat())))
  )
})
