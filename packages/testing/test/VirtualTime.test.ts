import { describe, expect, it } from "@effect/vitest"
import * as TestCheapAi from "@effect-cheapai/testing/TestCheapAi"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

const inVirtualTime = Effect.provide(VirtualTime.layer())

/** What a program tells, each with the time. */
const traced = <A, E, R>(program: (tell: (name: string) => Effect.Effect<void>) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const lines = yield* Ref.make<ReadonlyArray<string>>([])
    yield* program((name) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.update(lines, (all) => [...all, `${now} ${name}`]))
    )
    return yield* Ref.get(lines)
  })

const sleepers = (...millis: ReadonlyArray<number>) =>
  traced((tell) =>
    Effect.forEach(millis, (after, index) => Effect.delay(tell(`${"abcdef"[index]}`), after), {
      concurrency: "unbounded"
    })
  )

const poll = traced((tell) =>
  tell("poll").pipe(Effect.repeat(Schedule.spaced("2 seconds")), Effect.timeoutOption("5 seconds"), (polls) =>
    Effect.flatMap(polls, (end) => tell(end._tag))
  )
)

const inARow = traced((tell) =>
  Effect.gen(function* () {
    yield* tell("begin")
    yield* Effect.sleep("1 day")
    yield* tell("next day")
    yield* Effect.sleep(0)
    yield* tell("at once")
  })
)

const orderings: ReadonlyArray<readonly [string, Effect.Effect<ReadonlyArray<string>>, ReadonlyArray<string>]> = [
  ["by time, not by registration", sleepers(30, 10, 20), ["10 b", "20 c", "30 a"]],
  ["by registration at one time", sleepers(5, 5, 5), ["5 a", "5 b", "5 c"]],
  ["both", sleepers(20, 10, 20, 10, 0), ["0 e", "10 b", "10 d", "20 a", "20 c"]],
  ["fractions of milliseconds", sleepers(0.5, 0.25), ["0.25 b", "0.5 a"]],
  ["one after the other", inARow, ["0 begin", "86400000 next day", "86400000 at once"]],
  ["a schedule inside a timeout", poll, ["0 poll", "2000 poll", "4000 poll", "5000 None"]]
]

describe("sleepers are woken", () => {
  for (const [name, program, lines] of orderings) {
    it.live(name, () => Effect.map(inVirtualTime(program), (seen) => expect(seen).toEqual(lines)))
  }

  it.live("each when everything before it has run as far as it can", () =>
    Effect.gen(function* () {
      const lines = yield* traced((tell) =>
        Effect.all(
          [
            Effect.sleep(10).pipe(
              Effect.zipRight(Effect.yieldNow()),
              Effect.zipRight(Effect.promise(() => Promise.resolve().then(() => {}))),
              Effect.zipRight(tell("a"))
            ),
            Effect.delay(tell("b"), 10)
          ],
          { concurrency: 2 }
        )
      )
      expect(lines).toEqual(["10 a", "10 b"])
    }).pipe(inVirtualTime)
  )

  it.live("never, after a sleep of Infinity or past the last date", () =>
    Effect.gen(function* () {
      const lines = yield* traced((tell) =>
        Effect.raceAll([
          Effect.sleep(Duration.infinity),
          Effect.sleep(Number.MAX_VALUE),
          Effect.never,
          Effect.delay(tell("after ten years"), Duration.days(3650))
        ])
      )
      expect(lines).toEqual(["315360000000 after ten years"])
    }).pipe(inVirtualTime)
  )
})

describe("time", () => {
  it.live("begins at 0, or when it is told", () =>
    Effect.gen(function* () {
      const now = Effect.all([Clock.currentTimeMillis, Clock.currentTimeNanos])
      expect(yield* inVirtualTime(now)).toEqual([0, 0n])
      const start = "2026-01-02T03:04:05.678Z"
      const later = Effect.zipRight(Effect.sleep(Duration.nanos(250_000n)), Effect.zip(now, DateTime.now))
      const [[millis, nanos], date] = yield* Effect.provide(later, TestCheapAi.layerVirtualTime({ startAt: start }))
      expect(millis).toBe(Date.parse(start) + 0.25)
      expect(nanos).toBe(BigInt(Date.parse(start)) * 1_000_000n + 250_000n)
      expect(DateTime.formatIso(date)).toBe(start)
    })
  )

  it.live("stands still while anything can run, however often it gives way", () =>
    Effect.gen(function* () {
      const sleeper = yield* Effect.fork(Effect.sleep(1))
      yield* Effect.repeatN(Effect.yieldNow(), 10_000)
      yield* Effect.repeatN(
        Effect.promise(async () => {}),
        10_000
      )
      expect(yield* Clock.currentTimeMillis).toBe(0)
      yield* Fiber.join(sleeper)
      expect(yield* Clock.currentTimeMillis).toBe(1)
    }).pipe(inVirtualTime)
  )

  it.live("leaves the event loop its turn, also where a program never waits", () =>
    Effect.gen(function* () {
      let late = false
      setTimeout(() => {
        late = true
      }, 10)
      yield* Effect.repeat(Effect.yieldNow(), { until: () => late })
      expect(yield* Clock.currentTimeMillis).toBe(0)
    }).pipe(inVirtualTime)
  )

  it.effect("replaces TestClock, and TestClock is back afterwards", () =>
    Effect.gen(function* () {
      yield* inVirtualTime(Effect.sleep("1 hour"))
      expect(yield* Clock.currentTimeMillis).toBe(0)
    })
  )

  it.live("can be given to the layers of a program too", () =>
    Effect.gen(function* () {
      const slow = Layer.effectDiscard(Effect.sleep("1 hour"))
      for (const layer of [
        slow.pipe(Layer.provideMerge(VirtualTime.layer())),
        Layer.provide(slow, VirtualTime.layer())
      ]) {
        yield* Effect.provide(Effect.void, layer)
      }
      yield* Effect.void.pipe(Effect.provide(slow), inVirtualTime)
      const both = slow.pipe(Layer.provideMerge(VirtualTime.layer()))
      expect(yield* Effect.provide(Clock.currentTimeMillis, both)).toBe(3_600_000)
    })
  )

  it.live("ends with its layer", () =>
    Effect.gen(function* () {
      const woken = yield* Ref.make(0)
      const fiber = yield* Ref.update(woken, (n) => n + 1).pipe(
        Effect.delay("1 second"),
        Effect.forever,
        Effect.forkDaemon,
        Effect.zipLeft(Effect.sleep("3500 millis")),
        inVirtualTime
      )
      yield* Effect.sleep(20)
      expect(yield* Ref.get(woken)).toBe(3)
      yield* Fiber.interrupt(fiber)
    })
  )

  it.live("is real time after a merge, which restores no clock", () =>
    Effect.gen(function* () {
      yield* Effect.provide(Effect.sleep("1 hour"), Layer.merge(Layer.empty, VirtualTime.layer()))
      yield* Effect.sleep(1)
      const [millis, nanos] = yield* Effect.all([Clock.currentTimeMillis, Clock.currentTimeNanos])
      expect(Math.abs(millis - Date.now())).toBeLessThan(1000)
      expect(nanos).toBeGreaterThan(10n ** 18n)
    })
  )

  it.live("lets finalizers sleep", () =>
    Effect.gen(function* () {
      const slowly = Effect.addFinalizer(() => Effect.sleep("1 minute"))
      yield* Effect.scoped(slowly)
      expect(yield* Clock.currentTimeMillis).toBe(60_000)
    }).pipe(inVirtualTime)
  )
})

describe("an interrupted sleep", () => {
  it.live("is forgotten: time does not go there", () =>
    Effect.gen(function* () {
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7], (n) => Effect.fork(Effect.sleep(n * 1000)))
      yield* Effect.yieldNow()
      yield* Fiber.interruptAll(fibers.filter((_, index) => index !== 2))
      yield* Fiber.joinAll(fibers.slice(2, 3))
      expect(yield* Clock.currentTimeMillis).toBe(3000)
      yield* Effect.sleep(1)
      expect(yield* Clock.currentTimeMillis).toBe(3001)
    }).pipe(inVirtualTime)
  )

  it.live("of a race or a timeout leaves the time of the winner", () =>
    Effect.gen(function* () {
      yield* Effect.race(Effect.sleep("1 hour"), Effect.sleep("2 seconds"))
      expect(yield* Clock.currentTimeMillis).toBe(2000)
      const exit = yield* Effect.never.pipe(
        Effect.timeout("10 seconds"),
        Effect.timeout("20 seconds"),
        Effect.timeout("5 seconds"),
        Effect.exit
      )
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({ _tag: "TimeoutException" })
      expect(yield* Clock.currentTimeMillis).toBe(7000)
    }).pipe(inVirtualTime)
  )
})

describe("what Effect builds on time works", () => {
  it.live("timeouts at one moment: the inner one was there first", () =>
    Effect.gen(function* () {
      const inner = Effect.timeoutFail(Effect.never, { duration: "1 second", onTimeout: () => "inner" })
      const outer = Effect.timeoutFail(inner, { duration: "1 second", onTimeout: () => "outer" })
      const seen = yield* Effect.all(Array.from({ length: 20 }, () => Effect.flip(outer)))
      expect(new Set(seen).size).toBe(1)
    }).pipe(inVirtualTime)
  )

  it.live("streams", () =>
    Effect.gen(function* () {
      const ticks = Stream.fromSchedule(Schedule.exponential("1 second")).pipe(
        Stream.mapEffect(() => Clock.currentTimeMillis)
      )
      const seen = yield* ticks.pipe(Stream.timeout("5 seconds"), Stream.runCollect)
      expect(Chunk.toReadonlyArray(seen)).toEqual([1000, 3000, 7000])
      const windows = yield* Stream.range(1, 5).pipe(
        Stream.schedule(Schedule.spaced("1 second")),
        Stream.groupedWithin(10, "2500 millis"),
        Stream.map(Chunk.toReadonlyArray),
        Stream.runCollect
      )
      expect(Chunk.toReadonlyArray(windows)).toEqual([[1, 2], [3, 4], [5]])
    }).pipe(inVirtualTime)
  )

  it.live("bounded concurrency", () =>
    Effect.gen(function* () {
      yield* Effect.forEach([1, 2, 3, 4, 5, 6], (n) => Effect.sleep(n * 1000), { concurrency: 2 })
      expect(yield* Clock.currentTimeMillis).toBe(12_000)
    }).pipe(inVirtualTime)
  )

  it.live("queues and deferreds between fibers", () =>
    Effect.gen(function* () {
      const queue = yield* Queue.unbounded<number>()
      const done = yield* Deferred.make<void>()
      yield* Effect.forEach([1, 2, 3], (n) => Effect.delay(Queue.offer(queue, n), 1000)).pipe(
        Effect.zipRight(Deferred.succeed(done, undefined)),
        Effect.fork
      )
      expect(yield* Queue.take(queue)).toBe(1)
      yield* Deferred.await(done)
      expect(yield* Clock.currentTimeMillis).toBe(3000)
    }).pipe(inVirtualTime)
  )
})

describe("many timelines", () => {
  const crowd = (fibers: number) =>
    traced((tell) =>
      Effect.forEach(
        Array.from({ length: fibers }, (_, index) => index),
        (index) =>
          Effect.gen(function* () {
            yield* Effect.sleep(yield* Random.nextIntBetween(0, 1000))
            yield* Effect.yieldNow()
            yield* Effect.raceFirst(Effect.sleep(yield* Random.nextIntBetween(0, 1000)), Effect.sleep(500))
            yield* tell(String(index))
          }),
        { concurrency: "unbounded" }
      )
    ).pipe(Effect.withRandom(Random.make("crowd")), Effect.provide(VirtualTime.layer()))

  it.live("give the same trace on every run, also side by side", () =>
    Effect.gen(function* () {
      const first = yield* crowd(200)
      expect(yield* Effect.all([crowd(200), crowd(200)], { concurrency: 2 })).toEqual([first, first])
      expect(first).toEqual([...first].sort((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10)))
    })
  )

  it.live("10,000 sleepers take well under ten real seconds", () =>
    Effect.gen(function* () {
      const [took] = yield* Effect.timed(
        inVirtualTime(
          Effect.forEach(Array.from({ length: 10_000 }), (_, index) => Effect.sleep(10_000 - index), {
            concurrency: "unbounded",
            discard: true
          })
        )
      )
      expect(Duration.toSeconds(took)).toBeLessThan(5)
    })
  )
})

describe("waiting for something outside", () => {
  const real = Effect.async<string>((resume) => {
    setTimeout(() => resume(Effect.succeed("came")), 20)
  })

  it.live("time goes on without it", () =>
    Effect.gen(function* () {
      expect(yield* Effect.timeoutOption(real, "1 hour")).toEqual(Option.none())
    }).pipe(inVirtualTime)
  )

  it.live("live: time stands still, and the real clock is inside", () =>
    Effect.gen(function* () {
      const inside = Effect.zip(real, Clock.currentTimeMillis)
      const [came, now] = yield* Effect.timeout(VirtualTime.live(inside), "1 milli")
      expect(came).toBe("came")
      expect(now).toBeGreaterThan(Date.UTC(2020))
      expect(yield* Clock.currentTimeMillis).toBe(0)
      yield* Effect.sleep(1)
    }).pipe(inVirtualTime)
  )

  it.live("live: changes nothing under another clock", () =>
    Effect.gen(function* () {
      expect(yield* VirtualTime.live(real)).toBe("came")
    })
  )
})

describe("sleeping", () => {
  it.live("counts who sleeps, and no more who was woken or interrupted", () =>
    Effect.gen(function* () {
      const woken = yield* Effect.fork(Effect.sleep("1 second"))
      const interrupted = yield* Effect.fork(Effect.sleep("1 hour"))
      yield* Effect.yieldNow()
      expect(yield* VirtualTime.sleeping).toBe(2)
      yield* Fiber.join(woken)
      expect(yield* VirtualTime.sleeping).toBe(1)
      yield* Fiber.interrupt(interrupted)
      expect(yield* VirtualTime.sleeping).toBe(0)
    }).pipe(inVirtualTime)
  )

  it.live("is 0 where time is not virtual", () =>
    Effect.gen(function* () {
      yield* Effect.fork(Effect.sleep("1 hour"))
      yield* Effect.yieldNow()
      expect(yield* VirtualTime.sleeping).toBe(0)
    })
  )
})

describe("deadlock", () => {
  it.live("fails with the time at which nothing could go on", () =>
    Effect.gen(function* () {
      const stuck = Effect.zipRight(Effect.sleep("3 seconds"), Effect.uninterruptible(Effect.never))
      const error = yield* Effect.flip(VirtualTime.failOnDeadlock(stuck))
      expect(error).toMatchObject({ _tag: "DeadlockError", at: 3000 })
    }).pipe(inVirtualTime)
  )

  it.live("is not seen where there is none", () =>
    Effect.gen(function* () {
      expect(yield* VirtualTime.failOnDeadlock(Effect.as(Effect.sleep("1 day"), 1))).toBe(1)
      expect(yield* Effect.flip(VirtualTime.failOnDeadlock(Effect.fail("own")))).toBe("own")
      const outside = (millis: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, millis)))
      yield* VirtualTime.failOnDeadlock(VirtualTime.live(outside(1100)))
      yield* VirtualTime.failOnDeadlock(Effect.repeatN(outside(600), 1))
    }).pipe(inVirtualTime)
  )

  it.live("waits for finalizers when it is interrupted from outside", () =>
    Effect.gen(function* () {
      const closed = yield* Ref.make(false)
      const guarded = Effect.onInterrupt(Effect.sleep("1 day"), () => Effect.delay(Ref.set(closed, true), "1 second"))
      yield* Effect.timeoutOption(VirtualTime.failOnDeadlock(guarded), "1 minute")
      expect(yield* Ref.get(closed)).toBe(true)
    }).pipe(inVirtualTime)
  )
})
