/** Each documented status, provoked by a real request, caught by its tag, with its remedy. */
import { CheapAi, Music, RetryPolicy } from "@effect-cheapai/core"
import { Fault, Wire } from "@effect-cheapai/simulator"
import * as Effect from "effect/Effect"
import { promise } from "./promise.js"
import type { Simulated } from "./stage.js"
import * as Terminal from "./terminal.js"

const input = { model: "music-2.5", idea: "a march for one drum" }
const route = Music.Generate.key

const own = (status: number, error: string) => Wire.json(status, { success: false, error })

/** What brings each status about: the request itself, the key, or a scripted reply. */
const provocations: ReadonlyArray<{
  readonly status: number
  readonly input?: Music.Input
  readonly key?: string
  readonly reply?: Wire.WireReply
}> = [
  { status: 400, input: { ...input, n: 11 } },
  { status: 401, key: "sk_test_expired" },
  { status: 402, input: { ...input, n: 4 } },
  { status: 403, key: "sk_test_forbidden" },
  { status: 429, key: "sk_test_daily" },
  { status: 500, reply: own(500, "Internal error") },
  { status: 502, reply: own(502, "The generation service returned an error") },
  { status: 503, reply: Fault.serviceUnavailable }
]

const caught = (
  tag: string,
  error: { readonly status: number; readonly remedy: string; readonly message: string },
  reason = ""
) => Effect.succeed({ tag: `${tag}${reason}`, status: error.status, said: error.message, remedy: error.remedy })

/** One request, no retries, so that the table is quick. */
const send = (input: Music.Input) =>
  Music.generate(input).pipe(
    CheapAi.withRetryPolicy(RetryPolicy.none),
    Effect.as(undefined),
    Effect.catchTags({
      BadRequestError: (error) => caught("BadRequestError", error),
      UnauthorizedError: (error) => caught("UnauthorizedError", error, `: ${error.reason}`),
      InsufficientBalanceError: (error) => caught("InsufficientBalanceError", error),
      ForbiddenError: (error) => caught("ForbiddenError", error),
      RateLimitedError: (error) => caught("RateLimitedError", error, `: ${error.reason}`),
      InternalError: (error) => caught("InternalError", error),
      ProcessingError: (error) => caught("ProcessingError", error),
      ServiceUnavailableError: (error) => caught("ServiceUnavailableError", error)
    })
  )

export const show = ({ simulator, withKey }: Simulated) =>
  Effect.gen(function* () {
    const rows = yield* Effect.forEach(provocations, (one) =>
      Effect.gen(function* () {
        if (one.reply !== undefined) yield* simulator.inject(Fault.reply(route, one.reply))
        const key = withKey(one.key ?? "sk_test_valid")
        const row = yield* Effect.provide(send(one.input ?? input), key)
        yield* promise(row?.status === one.status, `A ${one.status} was provoked, and ${row?.status} was caught`)
        return { cells: [String(one.status), row?.tag ?? "", row?.remedy ?? ""] }
      })
    )
    yield* Terminal.table([{ cells: ["", "caught by its tag", "remedy"], paint: Terminal.dim }, ...rows])
  })
