/**
 * A clock and the scheduler that belongs to it. The scheduler owns its queue, so it knows whether a fiber can run; when
 * the queue is empty, a macrotask is asked for, and when that begins no microtask is left either. Only then does the clock
 * move: to the earliest sleeper, one at a time.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"
import { macrotask } from "./macrotask.js"
import { Sleepers } from "./sleepers.js"

/** The last moment that a `Date` can express: nobody is woken after it. */
const lastMoment = 8.64e15
/** A program that never waits must not keep the event loop, and so a test's time limit, from its turn. */
const turnsBeforeMacrotask = 2048
/** In real time: something outside may still come back. */
const silence = "1 second"

const nanosPerMilli = 1_000_000

export class Timeline implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  readonly scheduler = Scheduler.make((task, priority) => this.schedule(task, priority))
  readonly currentTimeMillis = Effect.sync(() => this.unsafeCurrentTimeMillis())
  readonly currentTimeNanos = Effect.sync(() => this.unsafeCurrentTimeNanos())
  private readonly tasks = new Scheduler.PriorityBuckets()
  private readonly sleepers = new Sleepers()
  private readonly watchers = new Set<() => void>()
  private isRunning = false
  private isChecking = false
  private isClosed = false
  private holds = 0
  /** Counts what was scheduled, to see whether anything was. */
  private activity = 0
  private stopWaiting: (() => void) | undefined
  private now: number
  /** What is asked once time here has ended. */
  private readonly real = Clock.make()

  constructor(startAt: number) {
    this.now = startAt
  }

  unsafeCurrentTimeMillis(): number {
    return this.isClosed ? this.real.unsafeCurrentTimeMillis() : this.now
  }

  unsafeCurrentTimeNanos(): bigint {
    if (this.isClosed) return this.real.unsafeCurrentTimeNanos()
    const whole = Math.floor(this.now)
    return BigInt(whole) * BigInt(nanosPerMilli) + BigInt(Math.round((this.now - whole) * nanosPerMilli))
  }

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.suspend(() => (this.isClosed ? this.real.sleep(duration) : this.sleepHere(duration)))
  }

  get sleeping(): number {
    return this.sleepers.size
  }

  /** Time stands still until the returned function is called. */
  hold(): () => void {
    this.holds++
    return () => {
      this.holds--
      this.check()
    }
  }

  /** Calls back, at most once a silence, when nothing can run, nobody sleeps and nothing came from outside. */
  whenDeadlocked(watcher: () => void): () => void {
    this.watchers.add(watcher)
    this.check()
    return () => {
      this.watchers.delete(watcher)
      if (this.watchers.size === 0) this.forget()
    }
  }

  /** Time ends: who sleeps is woken no more, who still runs has the real clock. */
  close(): void {
    this.isClosed = true
    this.sleepers.clear()
    this.forget()
  }

  private sleepHere(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.async((resume) => {
      const at = this.now + Duration.toMillis(duration)
      if (at > lastMoment) return
      const sleeper = this.sleepers.add(at, () => resume(Effect.void))
      this.check()
      return Effect.sync(() => this.sleepers.remove(sleeper))
    })
  }

  private forget(): void {
    this.stopWaiting?.()
    this.stopWaiting = undefined
  }

  private schedule(task: Scheduler.Task, priority: number): void {
    this.activity++
    this.tasks.scheduleTask(task, priority)
    if (this.isRunning) return
    this.isRunning = true
    this.takeTurn(0)
  }

  private takeTurn(turn: number): void {
    if (turn >= turnsBeforeMacrotask) macrotask(() => this.drain(0))
    else queueMicrotask(() => this.drain(turn))
  }

  private drain(turn: number): void {
    const { buckets } = this.tasks
    this.tasks.buckets = []
    for (const [, tasks] of buckets) for (const task of tasks) task()
    this.isRunning = this.tasks.buckets.length > 0
    if (this.isRunning) this.takeTurn(turn + 1)
    else this.check()
  }

  private check(): void {
    if (this.isChecking || this.isClosed) return
    this.isChecking = true
    macrotask(() => {
      this.isChecking = false
      this.advance()
    })
  }

  /** No microtask is left here; a fiber can run all the same when it waits for its turn. */
  private advance(): void {
    if (this.isRunning || this.holds > 0 || this.isClosed) return
    const next = this.sleepers.take()
    if (next === undefined) {
      this.awaitSilence()
      return
    }
    this.now = next.at
    next.wake()
    this.check()
  }

  private awaitSilence(): void {
    if (this.watchers.size === 0 || this.stopWaiting !== undefined) return
    const before = this.activity
    // A fiber of its own has the real clock.
    this.stopWaiting = Effect.runCallback(Effect.sleep(silence), {
      onExit: (exit) => {
        if (Exit.isFailure(exit)) return
        this.stopWaiting = undefined
        if (this.activity !== before || this.holds > 0) this.check()
        else for (const watcher of this.watchers) watcher()
      }
    })
  }
}
