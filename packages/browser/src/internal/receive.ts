/** The body of a listed call: JSON is read to its end before anything is sent, files go on as they come. */
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import type * as Route from "@effect-cheapai/core/Route"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { type Call, ofCut, type Upstream } from "./forward.js"
import * as Intake from "./intake.js"
import type { Found } from "./listing.js"
import type { Reply } from "./wireReply.js"

/** Subtitles of a long film, which one route speaks, are half of it. */
const longestJson = 256 * 1024

/** Whether the body of a route's calls is known before they are sent. */
export const isRead = ({ encoding, method }: Route.Any): boolean => method === "POST" && encoding === "json"

export const receive = (
  { limits, scope }: Upstream,
  { route, target }: Found,
  request: HttpServerRequest
): Effect.Effect<Call, Reply> =>
  Effect.gen(function* () {
    const maxBodySize = isRead(route) ? Math.min(limits.maxBodySize, longestJson) : limits.maxBodySize
    if ((Intake.lengthOf(request) ?? 0) > maxBodySize) return yield* Effect.fail(ofCut["too-large"])
    const opened = yield* Scope.extend(Intake.open(request, { ...limits, maxBodySize }), scope)
    if (!isRead(route)) return { route, target, request, intake: opened }
    const read = Effect.ensuring(Intake.whole(opened), opened.stop)
    const intake = yield* Effect.mapError(read, (why) => ofCut[why])
    return { route, target, request, intake }
  })
