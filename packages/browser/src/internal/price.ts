/** What a call costs its caller: a number, or what its input makes of it. */
import * as HttpBody from "@effect/platform/HttpBody"
import type * as Route from "@effect-cheapai/core/Route"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Call } from "./forward.js"
import { orUnavailable } from "./guarded.js"
import { isRead } from "./receive.js"
import { type Reply, refusal } from "./wireReply.js"

export type Cost = number | ((input: never) => number)

export interface Priced {
  readonly call: Call
  readonly credits: number
}

/** Why the calls of a route can't be priced so. */
export const faultOf = (route: Route.Any, cost: Cost | undefined): string | undefined => {
  if (Predicate.isFunction(cost))
    return isRead(route) ? undefined : `needs a number for ${route.key}: its body is not read`
  return cost !== undefined && cost >= 0 ? undefined : `lacks the cost of ${route.key}`
}

const unreadable = refusal(400, "The body is no input of this call.")

/** The fields of a body; none of them may stand in the call's path or query too. */
const fieldsOf = ({ intake: { body }, target }: Call): Either.Either<Readonly<Record<string, unknown>>, Reply> => {
  const text = new TextDecoder().decode(body._tag === "Uint8Array" ? body.body : undefined)
  const elsewhere = [...Object.keys(target.parameters), ...target.query.map(([name]) => name)]
  return Either.try({ try: (): unknown => JSON.parse(text), catch: () => unreadable }).pipe(
    Either.filterOrLeft(Predicate.isReadonlyRecord, () => unreadable),
    Either.filterOrLeft(
      (fields) => !elsewhere.some((name) => Object.hasOwn(fields, name)),
      () => unreadable
    )
  )
}

/** Strictly: what is no field of the route might cost something. */
const inputOf = ({ route, target }: Call, fields: Readonly<Record<string, unknown>>) =>
  Schema.decodeUnknownEither(route.input, { onExcessProperty: "error" })({
    ...fields,
    ...target.parameters,
    ...Object.fromEntries(target.query)
  }).pipe(Either.mapLeft(() => unreadable))

/**
 * What has been priced is what is sent: a name that stands twice in a JSON text is read differently by different readers,
 * so the body is written anew.
 */
export const price = (cost: Cost, call: Call): Effect.Effect<Priced, Reply> => {
  if (!Predicate.isFunction(cost)) return Effect.succeed({ call, credits: cost })
  // The key that a cost stands under says whose input it takes.
  const costOf = cost as (input: unknown) => number
  return Effect.gen(function* () {
    const fields = yield* fieldsOf(call)
    const credits = costOf(yield* inputOf(call, fields))
    if (!(credits >= 0)) return yield* Effect.dieMessage(`The cost of ${call.route.key} is no number of credits`)
    const body = HttpBody.text(JSON.stringify(fields), "application/json")
    return { call: { ...call, intake: { ...call.intake, body } }, credits }
  }).pipe(orUnavailable("A call could not be priced"))
}
