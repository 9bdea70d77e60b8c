/**
 * The layers for Node.
 *
 * @since 0.1.0
 */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeTransport from "./NodeTransport.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends CheapAiConfig.Options, NodeTransport.Options {}

/**
 * CheapAI for Node, over undici. A bad key or base URL fails the layer with a `ConfigError` that says what to change.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<CheapAi.CheapAi, ConfigError> =>
  Layer.provide(CheapAi.layer(options), NodeTransport.layer(options))

/**
 * The same with options from a `Config`; by default `CHEAPAI_API_KEY` and, when set, `CHEAPAI_BASE_URL`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: Config.Config<Options> = CheapAiConfig.fromEnvironment
): Layer.Layer<CheapAi.CheapAi, ConfigError> => Layer.unwrapEffect(Effect.map(config, layer))
