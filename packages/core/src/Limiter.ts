/**
 * How many requests of a client are under way at once, and how far apart they begin. One 429 for pace holds back all that
 * wait, until the time that it names, an hour at most.
 *
 * @since 0.1.0
 */
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Line from "./internal/line.js"
import * as Monotonic from "./internal/monotonic.js"

/**
 * @since 0.1.0
 * @category configuration
 */
export interface Options {
  /** Requests under way at once. Default: any number. */
  readonly inFlight?: number | undefined
  /** The least time between the beginnings of two requests. Default: none. */
  readonly spacing?: Duration.DurationInput | undefined
}

/**
 * Whose turn it is, first come, first served. Polls of tasks and result files don't stand in line: polls keep a pace of
 * their own, and files come from other hosts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limiter {
  /**
   * Runs a request in its turn; `waited` is how long that took to come. A turn that can't come within `left` is `tooLate`:
   * at once, or when it is next if only a later pause put it off.
   */
  readonly inTurn: <A, E>(options: {
    readonly left: Duration.Duration
    readonly request: (waited: Duration.Duration) => Effect.Effect<A, E>
    readonly tooLate: Effect.Effect<A, E>
  }) => Effect.Effect<A, E>
  /** No request begins for so long (a second if zero, an hour at most); those that waited then begin one by one. */
  readonly pause: (retryAfter: Duration.Duration) => Effect.Effect<void>
}

const shortestPause = 1000
/** Not for ever: one wrong reply would stop the client for good. */
const longestPause = 3_600_000
/** Between requests that were held back. */
const wakingGap = 20

const check = ({ inFlight = Number.POSITIVE_INFINITY, spacing = 0 }: Options) => {
  const gap = Duration.toMillis(spacing)
  const refuse = (name: string, message: string) =>
    Effect.fail(ConfigError.InvalidData(["limiter", name], `${message}, or leave it out`))
  if (!(inFlight >= 1)) return refuse("inFlight", "must be a number from 1 on")
  if (!Number.isFinite(gap)) return refuse("spacing", "must be a time that ends")
  return Effect.succeed({ gap, inFlight: Math.floor(inFlight) })
}

/**
 * A limiter that nobody waits for yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<Limiter, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const { gap, inFlight } = yield* check(options)
    const line = Line.make()
    const hasRoom = yield* Effect.makeLatch(true)
    /** Until when each in line waits, the first in line first. */
    const inLine = new Set<{ readonly until: number }>()
    let underWay = 0
    let next = Number.NEGATIVE_INFINITY

    const enter = (now: number, isHeldBack: boolean) => {
      next = now + (isHeldBack ? Math.max(gap, wakingGap) : gap)
      underWay++
      if (underWay === inFlight) hasRoom.unsafeClose()
    }

    /** When the turn of one who comes now is, if all before it take theirs while they can. */
    const turnOf = (came: number): number => {
      let at = Math.max(next, came)
      for (const { until } of inLine) if (at < until) at += gap
      return at
    }

    const leave = Effect.sync(() => {
      underWay--
      hasRoom.unsafeOpen()
    })

    /** Of the first in line: whether its time comes by `until`. */
    const turn = (until: number, restore: typeof Effect.interruptible, isHeldBack = false): Effect.Effect<boolean> =>
      Effect.flatMap(Monotonic.now, (now) => {
        if (Math.max(next, now) >= until) return Effect.succeed(false)
        if (next > now) return Effect.zipRight(restore(Effect.sleep(Math.ceil(next - now))), turn(until, restore, true))
        enter(now, isHeldBack)
        return Effect.succeed(true)
      })

    return {
      inTurn: ({ left, request, tooLate }) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const came = yield* Monotonic.now
            const until = came + Duration.toMillis(left)
            if (turnOf(came) >= until) return yield* restore(tooLate)
            const place = { until }
            inLine.add(place)
            const isIn = yield* line(restore, Effect.zipRight(restore(hasRoom.await), turn(until, restore))).pipe(
              Effect.ensuring(Effect.sync(() => inLine.delete(place)))
            )
            if (!isIn) return yield* restore(tooLate)
            const waited = Duration.millis((yield* Monotonic.now) - came)
            return yield* Effect.ensuring(restore(request(waited)), leave)
          })
        ),
      pause: (retryAfter) =>
        Effect.map(Monotonic.now, (now) => {
          const asked = Duration.toMillis(retryAfter)
          next = Math.max(next, now + (asked === 0 ? shortestPause : Math.min(asked, longestPause)))
        })
    }
  })
