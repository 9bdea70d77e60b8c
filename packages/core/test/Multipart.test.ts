import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Route from "@effect-cheapai/core/Route"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { afterEach, vi } from "vitest"

const Echo = Route.makeTask({
  path: "/v1/task/echo",
  encoding: "multipart",
  input: Schema.Struct({ file: Upload.UploadFromSelf, cover: Schema.optional(Upload.UploadFromSelf) }),
  result: Schema.Struct({})
})

const bytes = new Uint8Array(1000).fill(7)
const file = Upload.fromBlob(new File([bytes], "song.mp3", { type: "audio/mpeg" }))

const RealBlob = Blob

/** As Bun's does with a file on disk: a blob within a blob is not there. */
class LosingBlob extends RealBlob {
  constructor(parts: ReadonlyArray<BlobPart> = [], options?: BlobPropertyBag) {
    super(
      parts.filter((part) => !(part instanceof RealBlob)),
      options
    )
  }
}

const sent = (echoed: Array<FormData>) =>
  CheapAi.layer({ apiKey: Redacted.make("sk_test"), baseUrl: "https://own.example.com" }).pipe(
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.promise(async () => {
            if (request.body._tag !== "Raw" || !(request.body.body instanceof RealBlob)) throw new Error("no Blob")
            echoed.push(await new Response(request.body.body, { headers: request.headers }).formData())
            return HttpClientResponse.fromWeb(request, Response.json({ success: true, task_id: "t-1" }))
          })
        )
      )
    )
  )

afterEach(() => {
  vi.unstubAllGlobals()
})

const sizes = (form: FormData | undefined) =>
  Array.from(form?.values() ?? []).map((value) => (value instanceof File ? value.size : value))

const beside = { file, cover: Upload.fromStream(Stream.make(bytes), { name: "a.png" }) }

describe("a runtime whose Blob loses a blob within it", () => {
  it.effect.each([
    ["whose length is known", { file }, [1000]],
    ["beside a stream whose length is not", beside, [1000, 1000]]
  ] as const)("sends a file %s whole: it is read into memory", ([, input, expected]) =>
    Effect.gen(function* () {
      const echoed: Array<FormData> = []
      vi.stubGlobal("Blob", LosingBlob)
      yield* Effect.provide(CheapAi.execute(Echo, input), sent(echoed))
      expect(echoed.map(sizes)).toEqual([expected])
    })
  )

  it.effect("sends nothing when a file is not as long as it says", () =>
    Effect.gen(function* () {
      const echoed: Array<FormData> = []
      vi.stubGlobal("Blob", LosingBlob)
      const short = Object.defineProperty(new File([bytes], "song.mp3"), "size", { value: 2000 })
      const call = CheapAi.execute(Echo, { file: Upload.fromBlob(short) })
      const error = yield* Effect.flip(Effect.provide(call, sent(echoed)))
      expect(error).toMatchObject({ _tag: "InvalidInputError", outcome: "not-sent" })
      expect(echoed).toEqual([])
    })
  )
})

describe("a blob whose name is a path", () => {
  it("sends the last part of it", () => {
    const onDisk = Object.defineProperty(new Blob([bytes]), "name", { value: "/home/someone/songs/rain.mp3" })
    expect(Upload.fromBlob(onDisk).name).toBe("rain.mp3")
    expect(Upload.fromBlob(new Blob([bytes])).name).toBe("file")
  })
})
