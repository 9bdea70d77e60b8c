/**
 * The real engine over a simulator in memory: what is sent, retried, charged and refunded in a test is what would be in
 * production, up to the wire. Everything runs in the caller's fiber, so `VirtualTime` and `TestClock` move it.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type { TransportCode } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as Transport from "@effect-cheapai/core/Transport"
import * as Simulators from "@effect-cheapai/simulator/Simulator"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as MemoryTransport from "./internal/memoryTransport.js"
import * as Recording from "./internal/recording.js"
import * as Script from "./Script.js"

/**
 * What keeps a request from leaving.
 *
 * @since 0.1.0
 * @category models
 */
export type Refusal = Extract<TransportCode, "dns" | "refused" | "connect-timeout" | "tls" | "offline" | "reset">

/**
 * The simulated account, and the way to it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Account extends Simulators.Simulator {
  /** The next requests never leave: the simulator doesn't see them. Default: one, `"refused"`. */
  readonly refuse: (options?: { readonly times?: number; readonly code?: Refusal }) => Effect.Effect<void>
}

/**
 * The account that the layer's requests reach: its ledger, what arrived, and faults to come.
 *
 * @since 0.1.0
 * @category testing
 */
export class Simulator extends Context.Tag("@effect-cheapai/testing/Simulator")<Simulator, Account>() {}

/**
 * What `layer` takes.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Options extends Partial<CheapAiConfig.Options> {
  /** The account: its balance, its keys, how long a task takes. */
  readonly simulator?: Simulators.Options | undefined
  /** How long a reply is on its way once the request was carried out; an effect is asked for each. Default: none. */
  readonly latency?: Duration.DurationInput | Effect.Effect<Duration.DurationInput> | undefined
}

interface Refusals {
  readonly left: number
  readonly code: Refusal
}

const nextRefusal = (refusals: Refusals): readonly [Refusal | undefined, Refusals] =>
  refusals.left > 0 ? [refusals.code, { ...refusals, left: refusals.left - 1 }] : [undefined, refusals]

const onTheWay = (latency: Options["latency"]): Effect.Effect<void> => {
  if (latency === undefined) return Effect.void
  return Effect.isEffect(latency) ? Effect.flatMap(latency, Effect.sleep) : Effect.sleep(latency)
}

/** A request has started once it is handed to the simulator, whatever becomes of it then. */
const arriving = (
  { handle }: Simulators.Simulator,
  { keep }: Recording.Recording,
  onTheWay: Effect.Effect<void>
): Pick<Simulators.Simulator, "handle"> => ({
  handle: (request) =>
    Effect.flatMap(Transport.CurrentRequest, (inFlight) => {
      if (inFlight.abandoned) return Effect.interrupt
      inFlight.evidence = "started"
      return Effect.zipRight(keep(request), Effect.zipLeft(handle(request), onTheWay))
    })
})

const clientOf = (
  simulator: Pick<Simulators.Simulator, "handle">,
  refusals: Ref.Ref<Refusals>
): HttpClient.HttpClient => {
  const client = SimulatorClient.make(simulator)
  return HttpClient.make((request) =>
    Effect.flatMap(Ref.modify(refusals, nextRefusal), (code) =>
      code === undefined
        ? client.execute(request)
        : Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: { code } }))
    )
  )
}

/**
 * The real service with an account of its own, and a record of the requests that reached it, in the order of the account's
 * `requests`. The evidence is exact: `"not-started"` for a request that was refused or
 * interrupted before it arrived, else `"started"`. Back-off draws from Effect's `Random`: seed it
 * (`Layer.setRandom(Random.make("seed"))`) where a run must repeat itself.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<CheapAi.CheapAi | Simulator | Script.Recorder, ConfigError> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const { latency, simulator: account, ...settings } = options
      const simulator = yield* Simulators.make(account)
      const refusals = yield* Ref.make<Refusals>({ left: 0, code: "refused" })
      const refuse: Account["refuse"] = ({ code = "refused", times = 1 } = {}) =>
        Ref.set(refusals, { left: times, code })
      const recording = yield* Recording.make
      const client = yield* Layer.build(CheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), ...settings })).pipe(
        Effect.provideService(
          HttpClient.HttpClient,
          clientOf(arriving(simulator, recording, onTheWay(latency)), refusals)
        ),
        Effect.provideService(Transport.Transport, MemoryTransport.transport)
      )
      return Context.add(client, Simulator, { ...simulator, refuse }).pipe(
        Context.add(Script.Recorder, { sent: recording.sent })
      )
    })
  )
