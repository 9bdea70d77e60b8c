/**
 * The simulator: the service's routes behind one total function, a ledger of what it charged, a list of what arrived,
 * scripted faults, and the webhooks that fall due. It knows nothing of sockets; the faces (`SimulatorClient`,
 * `SimulatorFetch`, `SimulatorServer`) carry its replies. Time is Effect's Clock, so tasks run under TestClock.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as ApiKey from "./ApiKey.js"
import type * as Fault from "./Fault.js"
import * as Agenda from "./internal/agenda.js"
import * as FaultPlan from "./internal/faultPlan.js"
import type { Settings } from "./internal/route.js"
import * as Service from "./internal/service.js"
import * as State from "./internal/state.js"
import * as Task from "./internal/task.js"
import type * as Ledger from "./Ledger.js"
import * as Prices from "./Prices.js"
import type * as Wire from "./Wire.js"

/**
 * What a simulator can be told at the start.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Options {
  /** The account's keys and their states. Default `ApiKey.defaults`. */
  readonly keys?: Readonly<Record<string, ApiKey.State>>
  /** The opening balance. Default 100000 credits; a request that costs more than is left is refused with 402. */
  readonly credits?: number
  /** How long a task takes. Default 6 seconds. */
  readonly taskDuration?: Duration.DurationInput
  /** The origin of result URLs, without a slash at the end. Default `https://files.simulator.test`. */
  readonly fileOrigin?: string
  /** What is charged, by kind of work. Default `Prices.defaults` for each kind that is left out. */
  readonly prices?: Partial<Prices.Prices>
  /** How long a result URL can be used from the poll that gave it; after that it is a 403. Default: for ever. */
  readonly fileLifetime?: Duration.DurationInput
  /** How many polls of tasks are answered within any one second; more are a 429 for pace. Default: all. */
  readonly pollsPerSecond?: number
  /** Where a finished voice isolation shows its `output_uri`: the API's pages and its upstream differ. Default `metadata`. */
  readonly isolationOutput?: "metadata" | "root"
}

/**
 * One request that arrived, whatever became of it. `route` is the template, or `unknown`; `target` is path and query;
 * `hasKey` says whether an authorization header came with it; `fault` is the kind of the fault that struck it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Arrival {
  readonly at: number
  readonly route: string
  readonly method: string
  readonly target: string
  readonly hasKey: boolean
  readonly fault: Fault.Kind["kind"] | undefined
}

/**
 * The end of a task, told to the `receive_url` of its submit. `at` is when it ended; `body` is the JSON of the task as a
 * poll at that time shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Delivery {
  readonly at: number
  readonly url: string
  readonly taskId: string
  readonly body: string
}

/**
 * One simulated account of the service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Simulator {
  /** Answers any request at once; never fails and never dies. Concurrent requests are carried out one after the other. */
  readonly handle: (request: Wire.WireRequest) => Effect.Effect<Wire.WireReply>
  /** What was charged, refunded and refused so far. */
  readonly ledger: Effect.Effect<Ledger.Ledger>
  /** Every request that arrived so far, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<Arrival>>
  /** Adds faults behind those still to come. */
  readonly inject: (...faults: ReadonlyArray<Fault.Fault>) => Effect.Effect<void>
  /**
   * Every webhook at the time it is due, those that were due before too; it never ends. What one consumer takes no
   * other sees. Nothing is sent: that is the consumer's business, and `SimulatorServer` is one.
   */
  readonly deliveries: Stream.Stream<Delivery>
}

interface World {
  readonly state: State.State
  readonly plan: ReadonlyArray<FaultPlan.Pending>
  readonly arrivals: Chunk.Chunk<Arrival>
}

const start = (balance: number): World => ({ state: State.make(balance), plan: [], arrivals: Chunk.empty() })

interface Responded {
  readonly reply: Wire.WireReply
  /** Whether a task was added whose end is to be told. */
  readonly isNoticeAdded: boolean
}

const respond =
  (keys: Service.Keys, settings: Settings, request: Wire.WireRequest, now: number) =>
  (world: World): readonly [Responded, World] => {
    const [fault, plan] = FaultPlan.next(world.plan, request)
    const found = Service.find(request)
    const arrival: Arrival = {
      at: now,
      route: found?.route.template ?? "unknown",
      method: request.method,
      target: request.target,
      hasKey: request.headers.authorization !== undefined,
      fault: fault?.fault.kind
    }
    const taskFailure = fault?.fault.kind === "task-fails" ? fault.fault.message : undefined
    const before = State.settle(world.state, now)
    const real = Service.answer(keys, found, { request, state: before, now, settings, taskFailure })
    const reply = fault === undefined ? real.reply : FaultPlan.disturb(fault, real.reply)
    const state = fault === undefined || FaultPlan.isBooked(fault) ? real.state : before
    const isNoticeAdded = state.notices.added > before.notices.added
    return [
      { reply, isNoticeAdded },
      { state, plan, arrivals: Chunk.append(world.arrivals, arrival) }
    ]
  }

/** The earliest delivery that is due by now, taken out; or the milliseconds until there is one. */
const deliver =
  (settings: Settings, now: number) =>
  (world: World): readonly [Delivery | number, World] =>
    Option.match(Agenda.first(world.state.notices), {
      onNone: () => [Number.POSITIVE_INFINITY, world] as const,
      onSome: ({ at, item: { task, url }, rest }) => {
        if (at > now) return [at - now, world] as const
        const body = JSON.stringify(Task.view(task, settings, at))
        return [
          { at, url, taskId: task.id, body },
          { ...world, state: { ...world.state, notices: rest } }
        ] as const
      }
    })

const settingsOf = (options: Options): Settings => ({
  fileOrigin: options.fileOrigin ?? "https://files.simulator.test",
  taskMillis: Duration.toMillis(options.taskDuration ?? "6 seconds"),
  prices: { ...Prices.defaults, ...options.prices },
  fileMillis: Duration.toMillis(options.fileLifetime ?? Duration.infinity),
  pollsPerSecond: options.pollsPerSecond ?? Number.POSITIVE_INFINITY,
  isolationOutput: options.isolationOutput ?? "metadata"
})

/** Sleeps until the next delivery is due or `woken` tells of a new one, as often as it takes. */
const nextDelivery = (world: Ref.Ref<World>, woken: Queue.Dequeue<void>, settings: Settings): Effect.Effect<Delivery> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.modify(world, deliver(settings, now))).pipe(
    Effect.flatMap((found) =>
      typeof found === "number"
        ? Queue.take(woken).pipe(Effect.timeoutOption(found), Effect.zipRight(nextDelivery(world, woken, settings)))
        : Effect.succeed(found)
    )
  )

/**
 * A fresh simulator with a ledger of its own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Simulator> =>
  Effect.gen(function* () {
    const { keys = ApiKey.defaults, credits: opening = 100_000 } = options
    const settings = settingsOf(options)
    const world = yield* Ref.make(start(opening))
    const woken = yield* Queue.sliding<void>(1)
    return {
      handle: (request) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.modify(world, respond(keys, settings, request, now))).pipe(
          Effect.tap(({ isNoticeAdded }) => Effect.when(Queue.offer(woken, undefined), () => isNoticeAdded)),
          Effect.map(({ reply }) => reply),
          Effect.uninterruptible
        ),
      ledger: Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.map(Ref.get(world), ({ state }) => ({
          opening,
          entries: Chunk.toReadonlyArray(State.settle(state, now).entries)
        }))
      ),
      requests: Effect.map(Ref.get(world), ({ arrivals }) => Chunk.toReadonlyArray(arrivals)),
      inject: (...faults) =>
        Ref.update(world, (now) => ({ ...now, plan: [...now.plan, ...faults.map(FaultPlan.make)] })),
      deliveries: Stream.repeatEffect(nextDelivery(world, woken, settings))
    }
  })
