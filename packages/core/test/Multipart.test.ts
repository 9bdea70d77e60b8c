import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Multipart from "@effect-cheapai/core/Multipart"
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

const overNothing = CheapAi.layer({ apiKey: Redacted.make("sk_test"), baseUrl: "https://own.example.com" }).pipe(
  Layer.provide(
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make(() => Effect.dieMessage("It was sent"))
    )
  )
)

afterEach(() => {
  vi.unstubAllGlobals()
})

const lost = [
  ["whose length is known", { file }],
  ["beside one whose length is not", { file, cover: Upload.fromStream(Stream.make(bytes), { name: "a.png" }) }]
] as const

describe("a runtime whose Blob loses a file within it", () => {
  it.effect.each(lost)("sends nothing of a file %s, and says what to do", ([, input]) =>
    Effect.gen(function* () {
      const call = CheapAi.execute(Echo, input)
      vi.stubGlobal("Blob", LosingBlob)
      const error = yield* Effect.flip(call)
      expect(error).toMatchObject({ _tag: "InvalidInputError", outcome: "not-sent" })
      expect(error.message).toContain("lost bytes in this runtime's Blob: read it with Upload.fromBytes")
    }).pipe(Effect.provide(overNothing))
  )

  it.scoped("sends bytes in memory all the same", () =>
    Effect.gen(function* () {
      vi.stubGlobal("Blob", LosingBlob)
      const whole = { contentType: "a/b", length: bytes.length, pieces: [bytes] }
      const body = yield* Multipart.toBlob(whole, () => {})
      expect(body).toMatchObject({ _tag: "Raw", contentLength: bytes.length })
    })
  )
})
