/** A wire reply as platform's response: its body is a stream that ends as the reply does. */
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Wire from "../Wire.js"
import * as BrokenConnection from "./brokenConnection.js"

/** Each chunk after its pause. */
const chunksOf = ({ chunks, pause = 0 }: Wire.WireReply): Stream.Stream<Uint8Array> =>
  pause > 0
    ? Stream.mapEffect(Stream.fromIterable(chunks), (chunk) => Effect.delay(Effect.succeed(chunk), pause))
    : Stream.fromChunk(Chunk.unsafeFromArray(chunks))

class ClientResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly headers: Headers.Headers
  readonly remoteAddress = Option.none<string>()
  readonly stream: Stream.Stream<Uint8Array, HttpClientError.ResponseError>

  constructor(request: HttpClientRequest.HttpClientRequest, head: Wire.WireHead, reply: Wire.WireReply) {
    super()
    this.request = request
    this.status = head.status
    this.headers = Headers.fromInput(head.headers)
    const chunks = chunksOf(reply)
    this.stream = reply.end === "complete" ? chunks : Stream.concat(chunks, this.ending(reply.end))
  }

  private ending(end: Exclude<Wire.WireEnd, "complete">): Stream.Stream<never, HttpClientError.ResponseError> {
    return end === "stall" ? Stream.never : Stream.fail(this.failure(BrokenConnection.cause({ end })))
  }

  private failure(cause: unknown): HttpClientError.ResponseError {
    return new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
  }

  private get bytes(): Effect.Effect<Uint8Array<ArrayBuffer>, HttpClientError.ResponseError> {
    return Effect.map(Stream.runCollect(this.stream), Wire.join)
  }

  private read<A>(parse: (text: string) => A): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({ try: () => parse(text), catch: (cause) => this.failure(cause) })
    )
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(this.headers["set-cookie"] ?? [])
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return Effect.map(this.bytes, (bytes) => bytes.buffer)
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return Effect.map(this.bytes, (bytes) => new TextDecoder().decode(bytes))
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return this.read((text): unknown => (text === "" ? null : JSON.parse(text)))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return this.read((text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    return Effect.flatMap(this.bytes, (bytes) =>
      Effect.tryPromise({
        try: () => new Response(bytes, { headers: { "content-type": this.headers["content-type"] ?? "" } }).formData(),
        catch: (cause) => this.failure(cause)
      })
    )
  }

  /** Status and headers only: reading the body here could wait for ever. */
  toJSON(): unknown {
    return {
      _id: "@effect/platform/HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status,
      headers: Inspectable.redact(this.headers)
    }
  }
}

export const make = (
  request: HttpClientRequest.HttpClientRequest,
  head: Wire.WireHead,
  reply: Wire.WireReply
): HttpClientResponse.HttpClientResponse => new ClientResponse(request, head, reply)
