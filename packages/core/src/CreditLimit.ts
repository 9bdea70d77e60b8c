/**
 * What the submits inside an effect may cost together. Each request books what it is expected to cost before it is sent;
 * the booking falls when nothing can have been charged, and becomes the real cost once the task's end names it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * A limit and what is booked under it, in credits. One can serve several effects.
 *
 * @since 0.1.0
 * @category models
 */
export interface CreditLimit {
  readonly credits: number
  /** So far. */
  readonly booked: number
  /** Whether so much more can be booked; never what is no number from 0 on. */
  readonly allows: (credits: number) => boolean
  readonly book: (credits: number) => void
  readonly release: (credits: number) => void
  /** What was booked for this task may turn out otherwise. */
  readonly await: (taskId: string, booked: number) => void
  /** It did, and this is what the task cost. A task that is not awaited, and what is no cost, change nothing. */
  readonly settle: (taskId: string, cost: number) => void
}

/** Three tenths are a little less than three times a tenth. */
const tolerance = 1e-9

/**
 * A limit under which nothing is booked yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ credits: limit }: { readonly credits: number }): Effect.Effect<CreditLimit> =>
  Effect.sync(() => {
    const awaited = new Map<string, number>()
    let booked = 0
    return {
      credits: limit,
      get booked() {
        return booked
      },
      allows: (credits) => credits >= 0 && booked + credits <= limit + tolerance,
      book: (credits) => {
        booked += credits
      },
      release: (credits) => {
        booked -= credits
      },
      await: (taskId, expected) => {
        awaited.set(taskId, expected)
      },
      settle: (taskId, cost) => {
        if (!Number.isFinite(cost) || cost < 0) return
        booked += cost - (awaited.get(taskId) ?? cost)
        awaited.delete(taskId)
      }
    }
  })
