/**
 * The simulator: the service's routes behind one total function, a ledger of what it charged, a list of what arrived,
 * and scripted faults. It knows nothing of sockets; the faces (`SimulatorClient`, `SimulatorFetch`, `SimulatorServer`)
 * carry its replies. Time is Effect's Clock, so tasks run under TestClock.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as ApiKey from "./ApiKey.js"
import type * as Fault from "./Fault.js"
import * as FaultPlan from "./internal/faultPlan.js"
import type { Settings } from "./internal/route.js"
import * as Service from "./internal/service.js"
import * as State from "./internal/state.js"
import type * as Ledger from "./Ledger.js"
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
  /** Credits for one track of music. Default 1188. */
  readonly price?: number
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
}

interface World {
  readonly state: State.State
  readonly plan: ReadonlyArray<FaultPlan.Pending>
  readonly arrivals: Chunk.Chunk<Arrival>
}

const respond =
  (keys: Service.Keys, settings: Settings, request: Wire.WireRequest, now: number) =>
  (world: World): readonly [Wire.WireReply, World] => {
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
    return [reply, { state, plan, arrivals: Chunk.append(world.arrivals, arrival) }]
  }

/**
 * A fresh simulator with a ledger of its own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Simulator> =>
  Effect.gen(function* () {
    const { keys = ApiKey.defaults, credits: opening = 100_000 } = options
    const settings: Settings = {
      fileOrigin: options.fileOrigin ?? "https://files.simulator.test",
      taskMillis: Duration.toMillis(options.taskDuration ?? "6 seconds"),
      musicPrice: options.price ?? 1188
    }
    const world = yield* Ref.make<World>({ state: State.make(opening), plan: [], arrivals: Chunk.empty() })
    return {
      handle: (request) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.modify(world, respond(keys, settings, request, now))),
      ledger: Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.map(Ref.get(world), ({ state }) => ({
          opening,
          entries: Chunk.toReadonlyArray(State.settle(state, now).entries)
        }))
      ),
      requests: Effect.map(Ref.get(world), ({ arrivals }) => Chunk.toReadonlyArray(arrivals)),
      inject: (...faults) =>
        Ref.update(world, (now) => ({ ...now, plan: [...now.plan, ...faults.map(FaultPlan.make)] }))
    }
  })
