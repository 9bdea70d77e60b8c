/** Books what a request is expected to cost, under every limit of its caller. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { CreditLimitError, type TimeoutError } from "../CheapAiError.js"
import type { CreditLimit } from "../CreditLimit.js"
import { Submitted } from "../Route.js"
import type { Attempted, Call, Sending } from "./attempt.js"
import type { CallSettings } from "./callOptions.js"

type Expected = CallSettings["expectedCredits"]
type Request<A> = Effect.Effect<Attempted<A>, CreditLimitError | TimeoutError>
type End<A> = Exit.Exit<Attempted<A>, CreditLimitError | TimeoutError>

export const allows = ({ creditLimits, expectedCredits }: CallSettings): boolean =>
  creditLimits.every((limit) => limit.allows(expectedCredits ?? Number.NaN))

const refusal = <I, A>({ route }: Call<I, A>, { booked, credits }: CreditLimit, asked: Expected) =>
  new CreditLimitError({
    message:
      asked === undefined
        ? "The call does not say what it is expected to cost, and a credit limit has to know."
        : `The credit limit of ${credits} does not allow ${asked} more: ${booked} are booked.`,
    route: route.key,
    replay: route.replay,
    limit: credits,
    booked,
    asked
  })

/** A request that was cut short may be charged as soon as it may have left. */
const mayBeCharged = <A>(exit: End<A>, { inFlight }: Sending): boolean =>
  Exit.match(exit, {
    onFailure: (cause) => cause._tag !== "Fail" && inFlight.evidence !== "not-started",
    onSuccess: ({ result }) =>
      Either.isRight(result) || result.left.outcome === "unknown" || result.left.outcome === "failed"
  })

const taskIdOf = <A>(exit: End<A>): string | undefined =>
  Exit.isSuccess(exit) && Either.isRight(exit.value.result) && Schema.is(Submitted)(exit.value.result.right)
    ? exit.value.result.right.taskId
    : undefined

const bookedUnder =
  <I, A>(limit: CreditLimit, asked: Expected, call: Call<I, A>, sending: Sending) =>
  (request: Request<A>): Request<A> =>
    Effect.suspend(() => {
      if (asked === undefined || !limit.allows(asked)) return Effect.fail(refusal(call, limit, asked))
      return Effect.acquireUseRelease(
        Effect.sync(() => limit.book(asked)),
        () => request,
        (_, exit) =>
          Effect.sync(() => {
            const taskId = taskIdOf(exit)
            if (taskId !== undefined) limit.await(taskId, asked)
            else if (!mayBeCharged(exit, sending)) limit.release(asked)
          })
      )
    })

/** A read costs nothing. */
export const booked = <I, A>(
  { creditLimits, expectedCredits }: CallSettings,
  call: Call<I, A>,
  sending: Sending
): ((request: Request<A>) => Request<A>) => {
  const limits = call.route.replay === "once" ? creditLimits : []
  return (request) =>
    limits.reduce((inner, limit) => bookedUnder(limit, expectedCredits, call, sending)(inner), request)
}
