/** One pace for all polls of a client: free until the service says that they come too fast, then found by trying. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { interruptibly } from "./interruptibly.js"
import * as Line from "./line.js"
import * as Monotonic from "./monotonic.js"

export interface PollPace {
  /** Waits for this poll's turn, first come, first served, and no longer than `left`; whether it came. */
  readonly turn: (left: Duration.Duration) => Effect.Effect<boolean>
  /** A poll that began then was told that it came too soon. */
  readonly slowDown: (begunAt: number, retryAfter: Duration.Duration) => Effect.Effect<void>
  /** A poll was answered. */
  readonly speedUp: Effect.Effect<void>
}

const window = 1000
const longestGap = 15_000
/** What one task was told holds for all, but not for ever. */
const longestPause = 60_000
/** Below this a gap is not worth keeping. */
const shortestGap = 10
const backOff = 2
const recovery = 0.99

/** Polls begun within a window, and within the one before it. */
interface Count {
  readonly from: number
  readonly polls: number
  readonly before: number
}

const count = ({ before, from, polls }: Count, now: number): Count => {
  if (now < from + window) return { from, polls: polls + 1, before }
  return { from: now, polls: 1, before: now < from + 2 * window ? polls : 0 }
}

/** The pace that was just too fast, as the gap it left between polls. */
const gapOf = ({ before, polls }: Count): number => window / Math.max(1, polls - 1, before - 1)

export const make: Effect.Effect<PollPace> = Effect.sync(() => {
  const line = Line.make()
  let gap = 0
  let next = 0
  let slowedAt = Number.NEGATIVE_INFINITY
  let recent: Count = { from: 0, polls: 0, before: 0 }

  const take = (now: number) => {
    recent = count(recent, now)
    next = now + gap
  }

  const begin: Effect.Effect<void> = Effect.flatMap(Monotonic.now, (now) =>
    next > now ? Effect.zipRight(Effect.sleep(Math.ceil(next - now)), begin) : Effect.sync(() => take(now))
  )

  return {
    turn: (left) =>
      Effect.flatMap(Monotonic.now, (now) => {
        if (next - now > Duration.toMillis(left)) return Effect.succeed(false)
        if (gap > 0 || next > now) {
          const inLine = Effect.uninterruptibleMask((restore) => line(restore, restore(begin)))
          return Effect.map(interruptibly(Effect.timeoutOption(inLine, left)), Option.isSome)
        }
        take(now)
        return Effect.succeed(true)
      }),
    slowDown: (begunAt, retryAfter) =>
      Effect.map(Monotonic.now, (now) => {
        next = Math.max(next, now + Math.min(longestPause, Math.max(window, Duration.toMillis(retryAfter))))
        // Several polls on their way at once are told so together: one answer counts.
        if (begunAt < slowedAt) return
        gap = Math.min(longestGap, gap === 0 ? 1.25 * gapOf(recent) : backOff * gap)
        slowedAt = now
      }),
    speedUp: Effect.sync(() => {
      gap = gap * recovery < shortestGap ? 0 : gap * recovery
    })
  }
})
