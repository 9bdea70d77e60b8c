/**
 * The names of spans and attributes. One span a call; it holds the route's template and how the call ended, never a key,
 * an id, an input or a query.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category tracing
 */
export const spanName = (routeKey: string): string => `CheapAI ${routeKey}`

/**
 * @since 0.1.0
 * @category tracing
 */
export const attributes = {
  route: "cheapai.route",
  replay: "cheapai.replay",
  attempts: "cheapai.attempts",
  outcome: "cheapai.outcome",
  stopped: "cheapai.stopped",
  error: "error.type"
} as const
