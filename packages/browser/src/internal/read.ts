/** Reads, answers with the service's reply as it comes. */
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type { HttpServerResponse } from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { begin, type Call, send, type Upstream } from "./forward.js"
import { toResponse, toStreamed } from "./wireReply.js"

/** The platform's own error would hold the key. */
class BrokenReply extends Data.TaggedError("BrokenReply")<{ readonly message: string }> {}

/** Effect 3's Node server ends a reply whose stream fails as if that were all of it: only the socket can tell the page. */
const endConnection = ({ source }: HttpServerRequest) =>
  Effect.sync(() => {
    if (!Predicate.hasProperty(source, "socket") || !Predicate.hasProperty(source.socket, "destroy")) return
    if (Predicate.isFunction(source.socket.destroy)) source.socket.destroy()
  })

const bytesOf = (response: HttpClientResponse, request: HttpServerRequest, idle: Duration.Duration) =>
  response.stream.pipe(
    // Over fetch a reply without a body has no stream at all.
    Stream.catchAll((error) => (error.reason === "EmptyBody" ? Stream.empty : Stream.fail("broken"))),
    Stream.timeoutFail(() => "late", idle),
    Stream.mapError(() => new BrokenReply({ message: "The reply of the service broke off" })),
    Stream.tapError(() => endConnection(request))
  )

export const read = (upstream: Upstream, call: Call): Effect.Effect<HttpServerResponse, never, Scope.Scope> =>
  send(upstream, call, begin(call), (response) =>
    Effect.succeed(toStreamed(response, bytesOf(response, call.request, upstream.limits.idle), upstream.mask))
  ).pipe(Effect.catchAll((reply) => Effect.succeed(toResponse(reply, upstream.mask))))
