/** A reply becomes a value or an error: pure, and total over any status and any body. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  type CallError,
  fromStatus,
  InvalidResponseError,
  type Issue,
  isSuccessStatus,
  outcomeOf,
  type Replay,
  UnsuccessfulResponseError
} from "../CheapAiError.js"
import type { WireSchema } from "../Route.js"
import { errorBody, parseJson } from "./errorBody.js"
import { issuesOf, sentenceOf } from "./issues.js"
import { retryAfter } from "./retryAfter.js"
import { scrub } from "./scrub.js"
import { tidy } from "./tidy.js"

export interface WireReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

export interface Context<A> {
  readonly route: {
    readonly method: string
    readonly key: string
    readonly replay: Replay
    readonly output: WireSchema<A>
  }
  /** Milliseconds, for dates in headers. */
  readonly now: number
  /** What must not be quoted: the key, and the strings of the input. */
  readonly secrets: ReadonlyArray<string>
  /** An earlier try of the same call may have been carried out. */
  readonly mayBeDone?: boolean
  /** The reply's headers may not all be seen. */
  readonly headersHidden?: boolean | undefined
}

const longestBody = 8192

export const requestIdOf = (headers: WireReply["headers"], secrets: ReadonlyArray<string>): string | undefined => {
  const id = headers["x-request-id"] ?? headers["request-id"] ?? headers["cf-ray"]
  return id === undefined ? undefined : tidy(scrub(id, secrets))
}

const describe = <A>(reply: WireReply, context: Context<A>) => {
  const body = errorBody(reply.text)
  const clean = (text: string) => tidy(scrub(text, context.secrets))
  const said = body.message === undefined ? "" : clean(body.message)
  const message =
    said === ""
      ? `The reply was a ${reply.status} without a readable message.`
      : body.source === "service"
        ? said
        : tidy(`A gateway answered ${reply.status}: ${said}`)
  return {
    text: scrub(body.text, context.secrets),
    code: body.code,
    shared: {
      route: context.route.key,
      replay: context.route.replay,
      status: reply.status,
      source: body.source,
      message,
      type: body.type === undefined ? undefined : clean(body.type),
      requestId: requestIdOf(reply.headers, context.secrets),
      retryAfter: retryAfter(reply.headers, context.now),
      headersHidden: context.headersHidden,
      body: Redacted.make(scrub(reply.text.slice(0, longestBody), context.secrets))
    }
  }
}

const invalidResponse = <A>(reply: WireReply, context: Context<A>, issues: ReadonlyArray<Issue>, isJson: boolean) => {
  const { shared } = describe(reply, context)
  return new InvalidResponseError({
    ...shared,
    source: isJson ? "service" : "gateway",
    message: tidy(`The reply is not as documented. ${sentenceOf(issues)}`),
    issues
  })
}

const unsuccessful = <A>(reply: WireReply, context: Context<A>) => {
  const { code, shared, text } = describe(reply, context)
  const outcome = code === undefined ? "rejected" : outcomeOf(code, "service", text)
  return new UnsuccessfulResponseError({ ...shared, code, outcome })
}

/** An empty body counts as `{}`: a deletion may answer 204. */
const decodeSuccess = <A>(reply: WireReply, context: Context<A>): Either.Either<A, CallError> => {
  const json = reply.text.trim() === "" ? {} : parseJson(reply.text)
  if (json === undefined) {
    return Either.left(invalidResponse(reply, context, [{ path: "", reason: "expected JSON" }], false))
  }
  if (Predicate.isReadonlyRecord(json) && json.success === false) return Either.left(unsuccessful(reply, context))
  return Either.mapLeft(Schema.decodeUnknownEither(context.route.output, { errors: "all" })(json), (error) =>
    invalidResponse(reply, context, issuesOf(error), true)
  )
}

/** What a deletion wanted to be rid of is gone: its first try was carried out, though its reply was lost. */
const isGone = <A>(error: CallError, { mayBeDone, route }: Context<A>): boolean =>
  route.method === "DELETE" && mayBeDone === true && error._tag === "NotFoundError"

export const decodeReply = <A>(reply: WireReply, context: Context<A>): Either.Either<A, CallError> => {
  if (isSuccessStatus(reply.status)) return decodeSuccess(reply, context)
  const { shared, text } = describe(reply, context)
  const error = fromStatus({ ...shared, text })
  return isGone(error, context) ? decodeSuccess({ ...reply, text: "" }, context) : Either.left(error)
}
