/**
 * What each caller of a proxy has spent. One interface, so that an application can keep it where its accounts are; the one
 * in memory is for a single process.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * The cost of one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Booking {
  readonly callerId: string
  readonly credits: number
  /** The key of the call's route. */
  readonly route: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface CreditStore {
  /**
   * Books a call, unless the caller's sum would pass `limit`; says whether it was booked. Calls at the same time must not
   * pass the limit together: check and add in one step. It is interrupted when it takes too long or its page goes: it must
   * then not have booked.
   */
  readonly book: (booking: Booking, limit: number) => Effect.Effect<boolean>
  /** Takes a booking back: nothing was charged. */
  readonly release: (booking: Booking) => Effect.Effect<void>
}

/**
 * Sums in the memory of this process, for as long as it runs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeInMemory: Effect.Effect<CreditStore> = Effect.sync(() => {
  const sums = new Map<string, number>()
  const add = (callerId: string, credits: number) => sums.set(callerId, (sums.get(callerId) ?? 0) + credits)
  return {
    book: ({ callerId, credits }, limit) =>
      Effect.sync(() => {
        const fits = (sums.get(callerId) ?? 0) + credits <= limit
        if (fits) add(callerId, credits)
        return fits
      }),
    release: ({ callerId, credits }) => Effect.sync(() => add(callerId, -credits))
  }
})
