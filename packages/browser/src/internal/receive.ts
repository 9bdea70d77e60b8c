/**
 * Whether a request may become a call, and its body. JSON is read to its end before anything is sent, files go on as they
 * come. The body of a request that is refused is read for a while too, or Node would read on without end.
 */
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type * as Route from "@effect-cheapai/core/Route"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Scope from "effect/Scope"
import { lengthOf, typeOf } from "./announced.js"
import { type Call, ofCut, type Upstream } from "./forward.js"
import * as Intake from "./intake.js"
import type { Found } from "./listing.js"
import { type Reply, refusal } from "./wireReply.js"

/** Subtitles of a long film, which one route speaks, are half of it. */
const longestJson = 256 * 1024

const types = { json: "application/json", multipart: "multipart/form-data" } as const

/** A page of another site may send other types without being asked for leave (Fetch standard, CORS-safelisted headers). */
const wrongType = refusal(415, "The body is not of the type that this call takes.")

/** Whether the body of a route's calls is known before they are sent. */
export const isRead = ({ encoding, method }: Route.Any): boolean => method === "POST" && encoding === "json"

const limitsFor = ({ limits }: Upstream, found: Either.Either<Found, Reply>): Intake.Limits =>
  Either.isRight(found) && isRead(found.right.route)
    ? { ...limits, maxBodySize: Math.min(limits.maxBodySize, longestJson) }
    : limits

export const receive = <C>(
  upstream: Upstream,
  request: HttpServerRequest,
  found: Either.Either<Found, Reply>,
  authorize: (found: Found) => Effect.Effect<C, Reply>
): Effect.Effect<{ readonly call: Call; readonly caller: C }, Reply> =>
  Effect.gen(function* () {
    const limits = limitsFor(upstream, found)
    const opened = yield* Scope.extend(Intake.open(request, limits), upstream.scope)
    const admitted = Effect.gen(function* () {
      const { route, target } = yield* found
      const caller = yield* authorize({ route, target })
      if (route.method === "POST" && typeOf(request) !== types[route.encoding]) return yield* Effect.fail(wrongType)
      if ((lengthOf(request) ?? 0) > limits.maxBodySize) return yield* Effect.fail(ofCut["too-large"])
      const whole = Effect.mapError(Intake.whole(opened), (why) => ofCut[why])
      return { caller, call: { route, target, request, intake: isRead(route) ? yield* whole : opened } }
    })
    return yield* Effect.onError(admitted, () => opened.stop)
  })
