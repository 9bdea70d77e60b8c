/** An upload under way: who wants to see it, and when it stands still. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { Report } from "../Multipart.js"
import type { Progress } from "../Upload.js"
import * as Monotonic from "./monotonic.js"

export type Watcher = (progress: Progress) => Effect.Effect<unknown>

export interface Uploading {
  readonly report: Report
  readonly isWatched: boolean
  /** Shows the progress while the request is under way; what came last is always shown. */
  readonly show: <A, E>(request: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Ends after `idle` without a byte sent, or `reply` after the last one. Never for a client that reports nothing. */
  readonly overdue: (limits: {
    readonly idle: Duration.Duration
    readonly reply: Duration.Duration
  }) => Effect.Effect<void>
}

const guarded = (watcher: Watcher) => (progress: Progress) =>
  Effect.catchAllCause(watcher(progress), (cause) => Effect.logError("A function given to onUpload failed", cause))

const mostDelay = "1 second"

/** Tells the newest state, one after the other; what comes last is told before the request's end, within a second. */
const show =
  (tell: (progress: Progress) => Effect.Effect<void>, news: News): Uploading["show"] =>
  (request) => {
    let told: Progress | undefined
    const follow: Effect.Effect<void> = Effect.flatMap(Queue.take(news.changed), () => {
      const { latest } = news
      const tellLatest = latest === undefined || latest === told ? Effect.void : tell(latest)
      told = latest
      return Effect.zipRight(
        tellLatest,
        Effect.suspend(() => (news.ended ? Effect.void : follow))
      )
    })
    const finish = (follower: Fiber.RuntimeFiber<void>) =>
      Effect.suspend(() => {
        news.ended = true
        Queue.unsafeOffer(news.changed, undefined)
        return Effect.timeoutOption(Fiber.await(follower), mostDelay)
      })
    return Effect.acquireUseRelease(
      Effect.fork(Effect.interruptible(follow)),
      (follower) => Effect.onExit(request, () => Effect.interruptible(finish(follower))),
      Fiber.interruptFork
    )
  }

interface News {
  readonly changed: Queue.Queue<void>
  latest: Progress | undefined
  ended: boolean
}

export const make = (
  watchers: ReadonlyArray<Watcher>,
  facts: { readonly total: number | undefined; readonly attempt: number }
): Effect.Effect<Uploading> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const news: News = { changed: yield* Queue.sliding<void>(1), latest: undefined, ended: false }
    const allSent = yield* Effect.makeLatch()
    let moved: { readonly at: number; readonly all: boolean } | undefined
    const tell = (progress: Progress) => Effect.forEach(watchers.map(guarded), (f) => f(progress), { discard: true })

    /** Ends when no byte has moved for so long; never once all have been sent. */
    const stalled = (idle: Duration.Duration): Effect.Effect<void> =>
      Effect.flatMap(Monotonic.now, (now) => {
        if (moved?.all === true) return Effect.never
        const left = (moved?.at ?? now) + Duration.toMillis(idle) - now
        return left <= 0 ? Effect.void : Effect.zipRight(Effect.sleep(Math.ceil(left)), stalled(idle))
      })

    return {
      report: (sent, all) => {
        moved = { at: Monotonic.unsafeNow(clock), all }
        if (all) allSent.unsafeOpen()
        if (news.latest?.sent === sent) return
        news.latest = { sent, ...facts }
        Queue.unsafeOffer(news.changed, undefined)
      },
      isWatched: watchers.length > 0,
      show: watchers.length === 0 ? (request) => request : show(tell, news),
      overdue: ({ idle, reply }) => Effect.raceFirst(stalled(idle), Effect.zipRight(allSent.await, Effect.sleep(reply)))
    }
  })
