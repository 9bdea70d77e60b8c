/** What the engine can know of a wire in memory: everything, since each request is seen as it leaves. */
import type { TransportCode as Code } from "@effect-cheapai/core/Attempt"
import { TransportCode } from "@effect-cheapai/core/Attempt"
import * as Multipart from "@effect-cheapai/core/Multipart"
import type * as Transport from "@effect-cheapai/core/Transport"
import type { Source } from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as VirtualTime from "../VirtualTime.js"
import { Timeline } from "./timeline.js"

const isCode = Schema.is(TransportCode)

const codeOf = (cause: unknown): Code => {
  if (Predicate.hasProperty(cause, "code") && isCode(cause.code)) return cause.code
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : ""
  if (code.startsWith("HPE_")) return "protocol"
  return code === "ECONNRESET" ? "reset" : "closed"
}

/** The runtime reads a file's `Blob` outside of virtual time: there it is read whole while time stands still. */
const inMemory = (piece: Uint8Array | Source): Uint8Array | Source => {
  if (piece instanceof Uint8Array || piece.blob === undefined) return piece
  const whole = Effect.map(VirtualTime.live(Effect.flatMap(piece.open, Stream.runCollect)), Stream.fromChunk)
  return { ...piece, open: Effect.clockWith((clock) => (clock instanceof Timeline ? whole : piece.open)) }
}

const makeBody: Multipart.MakeBody = (multipart, report) =>
  Multipart.toStream({ ...multipart, pieces: multipart.pieces.map(inMemory) }, report)

/** The evidence of a request is `"not-started"` until the wire says otherwise. */
export const transport: Transport.Adapter = {
  evidence: "not-started",
  codeOf,
  headers: {},
  makeBody
}
