/**
 * Calls that must not happen twice. Their reply is read here before it is answered, in the proxy's own scope: the page may
 * have gone by then, and the task that it paid for is told all the same.
 */
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import { type CallError, isSuccessStatus } from "@effect-cheapai/core/CheapAiError"
import * as Forwarding from "@effect-cheapai/core/Forwarding"
import type * as Task from "@effect-cheapai/core/Task"
import type { InFlight } from "@effect-cheapai/core/Transport"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { begin, type Call, send, type Upstream } from "./forward.js"
import { join, type Mask } from "./mask.js"
import { type Reply, refusal } from "./wireReply.js"

/** Whose credits it takes, and who hears of its task. */
export interface Purchase {
  /** Books its cost, or gives the answer to a call that may not be sent. */
  readonly book: Effect.Effect<Reply | undefined>
  readonly release: Effect.Effect<void>
  readonly onSubmitted: ((task: Task.Stored) => Effect.Effect<unknown>) | undefined
}

interface Answered {
  readonly reply: Reply
  /** The same reply as the page's client will read it. */
  readonly result: Either.Either<unknown, CallError>
}

const longestReply = 4 * 1024 * 1024

const broken = refusal(504, "The reply of the service broke off.")

const isObject = (bytes: Uint8Array): boolean => {
  try {
    return Predicate.isRecord(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return false
  }
}

/** What came of a reply that broke off is enough if its status says all, or if its JSON is whole: a task id may be in it. */
const readWhole =
  ({ hide }: Mask) =>
  (response: HttpClientResponse): Effect.Effect<Reply, Reply> => {
    const chunks: Array<Uint8Array> = []
    let received = 0
    const take = (chunk: Uint8Array) => {
      received += chunk.byteLength
      if (received <= longestReply) chunks.push(chunk)
      return received <= longestReply
    }
    return hide(response.stream).pipe(
      Stream.runForEachWhile((chunk) => Effect.sync(() => take(chunk))),
      Effect.match({
        onSuccess: () => received <= longestReply,
        // Over fetch a reply without a body has no stream at all.
        onFailure: (error) => error.reason === "EmptyBody"
      }),
      Effect.flatMap((isWhole) => {
        const body = join(chunks)
        return isWhole || !isSuccessStatus(response.status) || isObject(body)
          ? Effect.succeed({ status: response.status, headers: response.headers, body })
          : Effect.fail(broken)
      })
    )
  }

const judge = ({ key }: Upstream, { route }: Call, reply: Reply): Effect.Effect<Answered> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    reply,
    result: Forwarding.decodeReply(
      { status: reply.status, headers: reply.headers, text: new TextDecoder().decode(reply.body) },
      { route, now, secrets: [key] }
    )
  }))

/** By the answer, or because no byte had left when it was given up. */
const isFree = (exit: Exit.Exit<Answered>, { evidence }: InFlight): boolean =>
  Exit.match(exit, {
    onFailure: () => evidence === "not-started",
    onSuccess: ({ result }) => Either.isLeft(result) && ["not-sent", "rejected"].includes(result.left.outcome)
  })

export const submit = (
  upstream: Upstream,
  call: Call,
  { book, onSubmitted, release }: Purchase
): Effect.Effect<Reply> =>
  Effect.suspend(() => {
    const inFlight = begin(call)
    const handlers = onSubmitted === undefined ? [] : [onSubmitted]
    const sent = Effect.scoped(send(upstream, call, inFlight, readWhole(upstream.mask)))
    const answered = (refused: Reply | undefined) =>
      Effect.flatMap(refused === undefined ? Effect.merge(sent) : Effect.succeed(refused), (reply) =>
        judge(upstream, call, reply)
      )
    const request = Effect.acquireUseRelease(book, answered, (refused, exit) =>
      refused === undefined && isFree(exit, inFlight) ? release : Effect.void
    ).pipe(Effect.ensuring(call.intake.stop), Effect.tap(Forwarding.announce(call.route, handlers)))
    const { scope } = upstream
    const orphaned = Forwarding.orphaned(call.route, handlers.length > 0)
    return Effect.map(Forwarding.outlive(request, { scope, inFlight, orphaned }), ({ reply }) => reply)
  })
