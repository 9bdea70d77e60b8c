/**
 * How many retries a client allows itself. In an outage every call would be sent as often as its policy allows; a budget
 * that only successes and time refill keeps the retries of all calls together few.
 *
 * @since 0.1.0
 */
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Monotonic from "./internal/monotonic.js"

/**
 * @since 0.1.0
 * @category configuration
 */
export interface Options {
  /** At the start, and at most; a retry takes one. Default 100; `Infinity` for no budget, 0 for no retries. */
  readonly tokens?: number | undefined
  /** Given back by each call that succeeds. Default 0.1. */
  readonly perSuccess?: number | undefined
  /** Time gives back one token each. Default 10 seconds. */
  readonly refillEvery?: Duration.DurationInput | undefined
}

/**
 * One bucket of tokens. Polls of tasks neither take nor give: they keep a pace of their own.
 *
 * @since 0.1.0
 * @category models
 */
export interface RetryBudget {
  /** Takes the token of one retry; `false`, and nothing taken, when there is no whole one. */
  readonly take: Effect.Effect<boolean>
  /** A retry whose token was taken was not made. */
  readonly giveBack: Effect.Effect<void>
  /** A call succeeded. */
  readonly reward: Effect.Effect<void>
}

const check = (options: Options) => {
  const { perSuccess = 0.1, refillEvery = "10 seconds", tokens = 100 } = options
  const every = Duration.toMillis(refillEvery)
  const refuse = (name: string, message: string) =>
    Effect.fail(ConfigError.InvalidData(["retryBudget", name], `${message}, or leave it out`))
  if (!(tokens >= 0)) return refuse("tokens", "must be a number from 0 on")
  if (!(perSuccess >= 0)) return refuse("perSuccess", "must be a number from 0 on")
  if (!(every > 0)) return refuse("refillEvery", "must be longer than nothing")
  return Effect.succeed({ every, perSuccess, tokens })
}

/** Ten times a tenth are a little less than one. */
const tolerance = 1e-9

/**
 * A full bucket.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<RetryBudget, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const { every, perSuccess, tokens } = yield* check(options)
    let left = tokens
    let filledAt = yield* Monotonic.now

    /** Amounts below zero take, and only where there is enough. */
    const change = (amount: number) =>
      Effect.map(Monotonic.now, (now) => {
        const filled = Math.min(tokens, left + (now - filledAt) / every)
        if (filled + amount < -tolerance) return false
        left = Math.max(0, Math.min(tokens, filled + amount))
        filledAt = now
        return true
      })

    return { take: change(-1), giveBack: Effect.asVoid(change(1)), reward: Effect.asVoid(change(perSuccess)) }
  })
