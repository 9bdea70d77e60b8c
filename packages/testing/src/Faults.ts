/**
 * The simulator's plans of faults, and the layer whose requests meet one. A plan is drawn from a seed or written out; the
 * one that made a test fail is printed by `toScript`, to be pasted into a test of its own.
 *
 * @since 0.1.0
 */
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Plans from "@effect-cheapai/simulator/Faults"
import type { ConfigError } from "effect/ConfigError"
import type * as Layer from "effect/Layer"
import type * as Script from "./Script.js"
import * as Simulated from "./Simulated.js"

/**
 * Plans, seeds and the names of faults: `cells`, `names`, `plan`, `script`, `strike`, `toScript`.
 *
 * @since 0.1.0
 */
export * from "@effect-cheapai/simulator/Faults"

/**
 * A seed, with what `plan` takes beside it.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Seeded extends Plans.Options {
  readonly seed: number
}

/**
 * The real engine over an account in memory whose requests meet the plan, or that of the seed: `Simulated.layer` with
 * `faults`. The seed draws the faults only: back-off draws from Effect's `Random` (see `Simulated.layer`).
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  faults: Plans.Plan | Seeded,
  options: Simulated.Options = {}
): Layer.Layer<CheapAi.CheapAi | Simulated.Simulator | Script.Recorder, ConfigError> =>
  Simulated.layer({
    ...options,
    simulator: { ...options.simulator, faults: "strikes" in faults ? faults : Plans.plan(faults.seed, faults) }
  })
