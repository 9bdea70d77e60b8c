/**
 * The layers for Node.
 *
 * @since 0.1.0
 */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeProxy from "./NodeProxy.js"
import * as NodeTransport from "./NodeTransport.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends CheapAiConfig.Options, NodeTransport.Options {}

/**
 * `CHEAPAI_API_KEY` and, when they are set, `CHEAPAI_BASE_URL`, `HTTPS_PROXY` and `NO_PROXY`.
 *
 * @since 0.1.0
 * @category configuration
 */
export const fromEnvironment: Config.Config<Options> = Config.map(
  Config.all([CheapAiConfig.fromEnvironment, NodeProxy.fromEnvironment]),
  ([options, proxy]) => ({ ...options, proxy })
)

/**
 * CheapAI for Node, over undici. A bad key, base URL, proxy or certificate fails the layer with a `ConfigError` that says
 * what to change. Without `proxy` it uses none, whatever the environment says.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<CheapAi.CheapAi, ConfigError> =>
  Layer.provide(CheapAi.layer(options), NodeTransport.layer(options))

/**
 * The same with options from a `Config`; by default `fromEnvironment`, which knows proxies.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: Config.Config<Options> = fromEnvironment
): Layer.Layer<CheapAi.CheapAi, ConfigError> => Layer.unwrapEffect(Effect.map(config, layer))
