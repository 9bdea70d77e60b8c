import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as PollPace from "../../src/internal/pollPace.js"

const minute = Duration.minutes(1)
const now = Effect.clockWith((clock) => clock.currentTimeMillis)

/** The gap between turns while nobody reports anything. */
const gapOf = (pace: PollPace.PollPace) =>
  Effect.gen(function* () {
    const turns = Effect.replicateEffect(Effect.zipRight(pace.turn(minute), now), 3)
    const fiber = yield* Effect.fork(turns)
    yield* TestClock.adjust("1 minute")
    const [, second = 0, third = 0] = yield* Fiber.join(fiber)
    return third - second
  })

describe("the pace of a client's polls", () => {
  it.effect("is free at first", () =>
    Effect.gen(function* () {
      const pace = yield* PollPace.make
      expect(yield* Effect.replicateEffect(pace.turn(Duration.zero), 100)).not.toContain(false)
      expect(yield* now).toBe(0)
    })
  )

  it.effect("lets nobody pass who comes when a turn has just been taken", () =>
    Effect.gen(function* () {
      const pace = yield* PollPace.make
      yield* pace.slowDown(0, Duration.zero)
      const came: Array<string> = []
      const poll = (name: string) =>
        Effect.zipRight(
          pace.turn(minute),
          Effect.sync(() => came.push(name))
        )
      const first = yield* Effect.fork(Effect.zipRight(poll("first"), poll("first again")))
      const second = yield* Effect.fork(Effect.zipRight(poll("second"), poll("second again")))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll([first, second])
      expect(came).toEqual(["first", "second", "first again", "second again"])
    })
  )

  it.effect("counts polls that were refused together once", () =>
    Effect.gen(function* () {
      const once = yield* PollPace.make
      yield* Effect.replicateEffect(once.turn(minute), 11)
      yield* once.slowDown(0, Duration.zero)
      const together = yield* PollPace.make
      yield* Effect.replicateEffect(together.turn(minute), 11)
      yield* TestClock.adjust("100 millis")
      for (let refused = 0; refused < 5; refused++) yield* together.slowDown(0, Duration.zero)
      expect(yield* gapOf(together)).toBe(125)
      expect(yield* gapOf(once)).toBe(125)
    })
  )

  it.effect("doubles its gap for a poll that was refused at the new pace", () =>
    Effect.gen(function* () {
      const pace = yield* PollPace.make
      yield* Effect.replicateEffect(pace.turn(minute), 11)
      yield* pace.slowDown(0, Duration.zero)
      yield* TestClock.adjust("1 second")
      yield* pace.slowDown(yield* now, Duration.zero)
      expect(yield* gapOf(pace)).toBe(250)
    })
  )

  it.effect("pauses as long as it was told, but for a minute at most", () =>
    Effect.gen(function* () {
      const pace = yield* PollPace.make
      yield* pace.slowDown(0, Duration.seconds(20))
      expect(yield* pace.turn(Duration.seconds(19))).toBe(false)
      expect(yield* now).toBe(0)
      yield* pace.slowDown(0, Duration.days(1))
      const fiber = yield* Effect.fork(pace.turn(Duration.minutes(2)))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toBe(true)
    })
  )

  it.effect("a poll whose time ends in the queue gives its place up", () =>
    Effect.gen(function* () {
      const pace = yield* PollPace.make
      yield* pace.slowDown(0, Duration.seconds(10))
      const first = yield* Effect.fork(pace.turn(minute))
      const late = yield* Effect.fork(pace.turn(Duration.seconds(11)))
      const gone = yield* Effect.fork(pace.turn(minute))
      const last = yield* Effect.fork(pace.turn(minute))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(gone)
      yield* TestClock.adjust("12 seconds")
      expect(yield* Fiber.join(first)).toBe(true)
      expect(yield* Fiber.join(late)).toBe(false)
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(last)).toBe(true)
    })
  )
})
