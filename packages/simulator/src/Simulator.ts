/**
 * The simulator: the service's routes behind one total function, a ledger of what it charged, a list of what arrived,
 * faults in scripts and plans, and the webhooks that fall due. It knows nothing of sockets; the faces (`SimulatorClient`,
 * `SimulatorFetch`, `SimulatorServer`) carry its replies. Time is Effect's Clock, so tasks run under TestClock.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as ApiKey from "./ApiKey.js"
import type * as Arrivals from "./Arrival.js"
import type * as Fault from "./Fault.js"
import type * as Faults from "./Faults.js"
import * as FaultPlan from "./internal/faultPlan.js"
import type { Settings } from "./internal/route.js"
import * as World from "./internal/world.js"
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
  /** The pause before each of the eight parts of a reply that drips. Default 1 second. */
  readonly dripPause?: Duration.DurationInput
  /** What the first requests meet. Default nothing. */
  readonly faults?: Faults.Plan
}

/**
 * One request that arrived: `Arrival`.
 *
 * @since 0.1.0
 * @category models
 */
export type Arrival = Arrivals.Arrival

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
  /** Adds faults behind those still to come; a plan counts requests from here on. Dies of a strike that can't happen. */
  readonly inject: (...faults: ReadonlyArray<Fault.Fault | Faults.Plan>) => Effect.Effect<void>
  /** Starts again as it was made: opening balance, the faults of the options, and no tasks, voices or requests. */
  readonly reset: Effect.Effect<void>
  /**
   * Whether a request whose head has arrived may be read; for faces that see a head before its body. If not, its
   * connection is to be reset: it has arrived, and `handle` is not to be asked.
   */
  readonly admits: (head: Wire.WireRequestHead) => Effect.Effect<boolean>
  /**
   * Every webhook at the time it is due, those that were due before too; it never ends. What one consumer takes no
   * other sees. Nothing is sent: that is the consumer's business, and `SimulatorServer` is one.
   */
  readonly deliveries: Stream.Stream<Delivery>
}

const settingsOf = (options: Options): Settings => ({
  fileOrigin: options.fileOrigin ?? "https://files.simulator.test",
  taskMillis: Duration.toMillis(options.taskDuration ?? "6 seconds"),
  prices: { ...Prices.defaults, ...options.prices },
  fileMillis: Duration.toMillis(options.fileLifetime ?? Duration.infinity),
  pollsPerSecond: options.pollsPerSecond ?? Number.POSITIVE_INFINITY,
  isolationOutput: options.isolationOutput ?? "metadata",
  dripMillis: Duration.toMillis(options.dripPause ?? "1 second")
})

/** Sleeps until the next delivery is due or `woken` tells of a new one, as often as it takes. */
const nextDelivery = (
  world: Ref.Ref<World.World>,
  woken: Queue.Dequeue<void>,
  fixed: World.Fixed
): Effect.Effect<Delivery> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.modify(world, World.deliver(fixed, now))).pipe(
    Effect.flatMap((found) =>
      typeof found === "number"
        ? Queue.take(woken).pipe(Effect.timeoutOption(found), Effect.zipRight(nextDelivery(world, woken, fixed)))
        : Effect.succeed(found)
    )
  )

/**
 * A fresh simulator with a ledger of its own. Dies of a strike that can't happen (see `Faults.Plan`).
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Simulator> =>
  Effect.gen(function* () {
    const { keys = ApiKey.defaults, credits: opening = 100_000, faults } = options
    const fixed = { keys, settings: settingsOf(options) }
    const start = World.start(opening, yield* FaultPlan.make(faults === undefined ? [] : [faults]))
    const world = yield* Ref.make(start)
    const woken = yield* Queue.sliding<void>(1)
    const now = Clock.currentTimeMillis
    return {
      handle: (request) =>
        Effect.flatMap(now, (at) => Ref.modify(world, World.respond(fixed, request, at))).pipe(
          Effect.tap(({ isNoticeAdded }) => Effect.when(Queue.offer(woken, undefined), () => isNoticeAdded)),
          Effect.map(({ reply }) => reply),
          Effect.uninterruptible
        ),
      ledger: Effect.zipWith(Ref.get(world), now, (all, at) => World.ledger(all, opening, at)),
      requests: Effect.map(Ref.get(world), ({ arrivals }) => Chunk.toReadonlyArray(arrivals)),
      inject: (...added) =>
        Effect.flatMap(FaultPlan.make(added), (pending) => Ref.update(world, (all) => World.inject(all, pending))),
      reset: Ref.set(world, start),
      admits: (head) => Effect.flatMap(now, (at) => Ref.modify(world, World.admit(head, at))),
      deliveries: Stream.repeatEffect(nextDelivery(world, woken, fixed))
    }
  })
