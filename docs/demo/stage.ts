/** Where the demo plays: on a simulator on a free port of this machine, or on the service itself. */
import type { CheapAi } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import { type Simulator, SimulatorServer } from "@effect-cheapai/simulator"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export type CheapAiLayer = Layer.Layer<CheapAi.CheapAi, ConfigError>

/** The simulator's other side: what arrived there, what it charged, and clients with other keys. */
export interface Simulated {
  readonly simulator: Simulator.Simulator
  readonly withKey: (key: string) => CheapAiLayer
}

export interface Stage {
  readonly name: string
  readonly layer: CheapAiLayer
  readonly simulated: Simulated | undefined
}

/** Enough for one song, not for four more: that is how 402 comes about. */
const openingCredits = 5000

export const simulator = Effect.map(
  SimulatorServer.make({ credits: openingCredits, taskDuration: "6 seconds" }),
  ({ simulator, url }): Stage => {
    const withKey = (key: string) => NodeCheapAi.layer({ apiKey: Redacted.make(key), baseUrl: url })
    return { name: `the simulator on ${url}`, layer: withKey("sk_test_valid"), simulated: { simulator, withKey } }
  }
)

/** `CHEAPAI_API_KEY`, and `CHEAPAI_BASE_URL` when it is set. */
export const live: Effect.Effect<Stage> = Effect.succeed({
  name: "the live service: the song is paid for with credits of your account",
  layer: NodeCheapAi.layerConfig(),
  simulated: undefined
})
