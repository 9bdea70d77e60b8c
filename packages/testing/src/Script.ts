/**
 * The real engine over a scripted wire: what each request meets, one step a request, and a record of what was sent.
 * Everything runs in the caller's fiber, so `TestClock` moves it.
 *
 * @since 0.1.0
 */

import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type { Evidence, TransportCode } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as Transport from "@effect-cheapai/core/Transport"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import * as Wire from "@effect-cheapai/simulator/Wire"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MemoryTransport from "./internal/memoryTransport.js"
import * as Recording from "./internal/recording.js"

/**
 * What one request meets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Step {
  readonly after: Duration.DurationInput
  readonly evidence: Evidence
  readonly meets: Wire.WireReply | { readonly code: TransportCode }
}

interface When {
  /** Before anything comes back. Default 0. */
  readonly after?: Duration.DurationInput
  /** What the platform can prove. Default `"started"`. */
  readonly evidence?: Evidence
}

const step = (meets: Step["meets"], when: When = {}): Step => ({
  after: when.after ?? 0,
  evidence: when.evidence ?? "started",
  meets
})

/**
 * A reply. A body that is no string is sent as JSON.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reply = (
  status: number,
  body: unknown = "",
  options: When & { readonly headers?: Readonly<Record<string, string>> } = {}
): Step =>
  step(
    typeof body === "string" ? Wire.text(status, body, options.headers) : Wire.json(status, body, options.headers),
    options
  )

/**
 * Whatever the simulator's wire can express: half a reply, one that stalls.
 *
 * @since 0.1.0
 * @category constructors
 */
export const wire = (wireReply: Wire.WireReply, when?: When): Step => step(wireReply, when)

const beforeSending: ReadonlySet<TransportCode> = new Set(["dns", "refused", "connect-timeout", "tls", "offline"])

/**
 * No reply: the transport fails. Failures to connect prove by default that nothing left.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fails = (code: TransportCode, when: When = {}): Step =>
  step({ code }, { evidence: beforeSending.has(code) ? "not-started" : "started", ...when })

/**
 * Nothing ever comes back.
 *
 * @since 0.1.0
 * @category constructors
 */
export const never = (when?: When): Step => step(Wire.nothing("stall"), when)

/**
 * One request as it went out. The key in `authorization` is left out.
 *
 * @since 0.1.0
 * @category models
 */
export type Sent = Recording.Sent

/**
 * What was sent, oldest first.
 *
 * @since 0.1.0
 * @category testing
 */
export class Recorder extends Context.Tag("@effect-cheapai/testing/Recorder")<
  Recorder,
  { readonly sent: Effect.Effect<ReadonlyArray<Sent>> }
>() {}

const scripted = (steps: ReadonlyArray<Step>, { keep, sent }: Recording.Recording) =>
  HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
    Effect.flatMap((request) =>
      Effect.gen(function* () {
        const next = steps[Math.min((yield* sent).length, steps.length - 1)] ?? never()
        const inFlight = yield* Transport.CurrentRequest
        inFlight.evidence = next.evidence
        const handle = (arrived: Wire.WireRequest): Effect.Effect<Wire.WireReply> =>
          Effect.gen(function* () {
            yield* keep(arrived)
            if (Duration.toMillis(next.after) > 0) yield* Effect.sleep(next.after)
            return "code" in next.meets ? Wire.nothing("reset") : next.meets
          })
        return yield* Effect.mapError(SimulatorClient.make({ handle }).execute(request), (error) =>
          "code" in next.meets
            ? new HttpClientError.RequestError({ request, reason: "Transport", cause: next.meets })
            : error
        )
      })
    ),
    Effect.succeed
  )

/**
 * The real service over these steps; the last one stays for all further requests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  steps: ReadonlyArray<Step>,
  options: Partial<CheapAiConfig.Options> = {}
): Layer.Layer<CheapAi.CheapAi | Recorder, ConfigError> =>
  Layer.unwrapEffect(
    Effect.map(Recording.make, (recording) =>
      Layer.merge(
        CheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), ...options }).pipe(
          Layer.provide(Layer.succeed(HttpClient.HttpClient, scripted(steps, recording))),
          Layer.provide(Layer.succeed(Transport.Transport, MemoryTransport.transport))
        ),
        Layer.succeed(Recorder, { sent: recording.sent })
      )
    )
  )
