/** Reads, answers with the service's reply as it comes. */
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type { HttpServerResponse } from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { begin, type Call, send, type Upstream } from "./forward.js"
import * as Turn from "./turn.js"
import { toResponse, toStreamed } from "./wireReply.js"

/** The platform's own error would hold the key. */
class BrokenReply extends Data.TaggedError("BrokenReply")<{ readonly message: string }> {}

/** Effect 3's Node server ends a reply whose stream fails as if that were all of it: only the socket can tell the page. */
const endConnection = ({ source }: HttpServerRequest) =>
  Effect.sync(() => {
    if (!Predicate.hasProperty(source, "socket") || !Predicate.hasProperty(source.socket, "destroy")) return
    if (Predicate.isFunction(source.socket.destroy)) source.socket.destroy()
  })

const bytesOf = (response: HttpClientResponse, turn: Turn.Turn, late: Deferred.Deferred<never, "late">) => {
  const bytes = Stream.catchAll(response.stream, (error) =>
    // Over fetch a reply without a body has no stream at all.
    error.reason === "EmptyBody" ? Stream.empty : Stream.fail("broken" as const)
  )
  const cut = Effect.mapError(Deferred.await(late), Option.some)
  return Stream.toPull(bytes).pipe(
    Effect.map((pull) =>
      Effect.zipRight(Turn.give(turn, "service"), Effect.raceFirst(pull, cut)).pipe(
        Effect.zipLeft(Turn.give(turn, "page"))
      )
    ),
    Stream.fromPull,
    Stream.mapError(() => new BrokenReply({ message: "The reply of the service broke off" }))
  )
}

/** A reply that one side stands still over ends on both: a page may not hold the service's connection by not reading. */
export const read = (upstream: Upstream, call: Call): Effect.Effect<HttpServerResponse, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const ofService = yield* Scope.fork(scope, ExecutionStrategy.sequential)
    const receive = (response: HttpClientResponse) =>
      Effect.gen(function* () {
        const turn = yield* Turn.make("page")
        const late = yield* Deferred.make<never, "late">()
        yield* Turn.overdue(turn, upstream.limits.idle).pipe(
          Effect.zipRight(Deferred.fail(late, "late")),
          Effect.zipRight(Scope.close(ofService, Exit.void)),
          Effect.zipRight(endConnection(call.request)),
          Effect.forkIn(scope)
        )
        const bytes = Stream.tapError(bytesOf(response, turn, late), () => endConnection(call.request))
        return toStreamed(response, bytes, upstream.mask)
      })
    return yield* Scope.extend(send(upstream, call, begin(call), receive), ofService)
  }).pipe(Effect.catchAll((reply) => Effect.succeed(toResponse(reply, upstream.mask))))
