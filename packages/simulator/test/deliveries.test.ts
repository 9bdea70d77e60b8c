import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { generations, voiceChanger } from "./generations.js"
import { body, get, jsonOf, MUSIC, music, status, textOf } from "./requests.js"

const url = "https://example.test/hook"
const hooked = (key?: string) => music({ ...body, receive_url: url }, key)

const ids = (deliveries: Iterable<Simulator.Delivery>) => Array.from(deliveries, ({ at, taskId }) => [at, taskId])

/** What has been delivered so far, to a consumer that runs from now on. */
const consume = (simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    const seen = yield* Ref.make(Chunk.empty<Simulator.Delivery>())
    const fiber = yield* Stream.runForEach(simulator.deliveries, (one) => Ref.update(seen, Chunk.append(one))).pipe(
      Effect.fork
    )
    return { fiber, seen: Effect.map(Ref.get(seen), ids) }
  })

describe("deliveries", () => {
  it.effect.each(generations.filter(({ hasWebhook }) => hasWebhook).map((one) => [one.route, one] as const))(
    "%s: the body is what a poll at the end shows",
    ([, one]) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator.make({ fileLifetime: "1 minute" })
        yield* simulator.handle(one.send({ receive_url: url }))
        const fiber = yield* Effect.fork(Stream.runHead(simulator.deliveries))
        yield* TestClock.adjust("6 seconds")
        const delivery = yield* Effect.flatten(Fiber.join(fiber))
        const poll = textOf(yield* simulator.handle(get("/v1/task/task_000001")))
        expect(delivery).toEqual({ at: 6000, url, taskId: "task_000001", body: poll })
        expect(JSON.parse(poll).status).toBe("done")
      })
  )

  it.effect("come at the end of each task, and of tasks submitted while they are awaited", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const { seen } = yield* consume(simulator)
      yield* TestClock.adjust("1 minutes")
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("2 seconds")
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("3999 millis")
      expect(yield* seen).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(yield* seen).toEqual([[66_000, "task_000001"]])
      yield* TestClock.adjust("1 minutes")
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("1 minutes")
      expect(yield* seen).toEqual([
        [66_000, "task_000001"],
        [68_000, "task_000002"],
        [132_000, "task_000003"]
      ])
    })
  )

  it.effect("that were due before anyone listened come first, with the body of their time", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make({ fileLifetime: "1 second" })
      yield* simulator.handle(hooked())
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("1 hours")
      const all = yield* Stream.runCollect(Stream.take(simulator.deliveries, 2))
      expect(ids(all)).toEqual([
        [6000, "task_000001"],
        [6000, "task_000002"]
      ])
      expect(Chunk.unsafeHead(all).body).toMatch(/\?expires=7000"/)
    })
  )

  it.effect("are not lost when a consumer goes away, and not given twice", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const first = yield* consume(simulator)
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("6 seconds")
      expect(yield* first.seen).toEqual([[6000, "task_000001"]])
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("1 seconds")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(first.fiber))).toBe(true)
      yield* TestClock.adjust("1 minutes")
      const next = yield* Stream.runCollect(Stream.take(simulator.deliveries, 1))
      expect(ids(next)).toEqual([[12_000, "task_000002"]])
    })
  )

  it.effect("come earliest first when the clock was set back, and wake who waits for a later one", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* TestClock.setTime(100_000)
      yield* simulator.handle(hooked())
      const { seen } = yield* consume(simulator)
      yield* TestClock.setTime(0)
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("6 seconds")
      expect(yield* seen).toEqual([[6000, "task_000002"]])
    })
  )

  it.effect("tell of a task that failed", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      yield* simulator.inject(Fault.taskFails(MUSIC, "no"))
      yield* simulator.handle(hooked())
      yield* TestClock.adjust("6 seconds")
      const all = yield* Stream.runCollect(Stream.take(simulator.deliveries, 1))
      expect(JSON.parse(Chunk.unsafeHead(all).body)).toMatchObject({ status: "error", error_message: "no" })
    })
  )

  it.effect("are only of tasks that were made and asked for it", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator.make()
      const { seen } = yield* consume(simulator)
      yield* simulator.inject(Fault.drop(MUSIC), Fault.drop(MUSIC, { booked: true }))
      for (const request of [hooked(), hooked(), hooked("sk_test_forbidden"), music(), voiceChanger.send()]) {
        yield* simulator.handle(request)
      }
      yield* TestClock.adjust("1 minutes")
      expect(yield* seen).toEqual([[6000, "task_000001"]])
      expect(jsonOf(yield* simulator.handle(get("/v1/task/task_000003"))).type).toBe("voice_changer")
      expect(status(yield* simulator.handle(get("/v1/task/task_000004")))).toBe(404)
    })
  )
})
