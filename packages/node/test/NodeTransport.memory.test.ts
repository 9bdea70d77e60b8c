import { gzipSync } from "node:zlib"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Reply from "./faultReplies.js"
import * as FaultServer from "./faultServer.js"
import * as Program from "./program.js"

const { chunk, head, pours, refusal, sends, taken } = Reply

const mebibyte = 1024 * 1024
const bomb = gzipSync(Buffer.alloc(256 * mebibyte))
const large = "x".repeat(10_000_000)
const piece = "x".repeat(65_536)

const rows: ReadonlyArray<readonly [name: string, fault: FaultServer.Fault, tag: string]> = [
  ["a gzip bomb of 256 MiB", Reply.compressed("200 OK", "gzip", bomb), "InvalidResponseError"],
  ["a 503 that is one", Reply.compressed("503 x", "gzip", bomb), "ServiceUnavailableError"],
  ["a 200 without end", pours(piece, head("200 OK")), "InvalidResponseError"],
  ["a 503 without end", pours(piece, head("503 x")), "ServiceUnavailableError"],
  [
    "a 503 of endless chunks",
    pours(chunk(piece), head("503 x", "transfer-encoding: chunked")),
    "ServiceUnavailableError"
  ],
  ["a header of 10 MB", sends("wait", head("200 OK", `x: ${large}`)), "TransportError"],
  ["two million headers", sends("wait", head("200 OK", "x: y\r\n".repeat(2_000_000))), "TransportError"],
  ["a header of 10 MB in a 100", sends("wait", `HTTP/1.1 100 x\r\nx: ${large}`), "TransportError"]
]

describe("beyond what ordinary calls need, a process needs less than 32 MB for", () => {
  it.scopedLive.each(rows)(
    "%s",
    ([, fault, tag]) =>
      Effect.gen(function* () {
        const servers = [sends("wait", taken), sends("wait", refusal("503 x")), fault].map(FaultServer.make)
        const urls = (yield* Effect.all(servers)).map(({ url }) => url)
        const env = { NODE_OPTIONS: "--expose-gc" }
        const { code, stdout } = yield* Program.run("measuresACall.ts", urls, { env })
        expect(code).toBe(0)
        const { growth, ...ended }: { growth: number; tag: string } = JSON.parse(stdout)
        expect(ended).toEqual({ tag })
        expect(growth).toBeLessThan(32_000_000)
      }),
    120_000
  )
})
