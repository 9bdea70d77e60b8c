/**
 * The account behind the key. Reads; they cost nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CheapAi from "./CheapAi.js"
import type { CallError } from "./CheapAiError.js"
import { Numeric } from "./internal/wire.js"
import * as Route from "./Route.js"

/**
 * `GET /v1/credits` (billing).
 *
 * @since 0.1.0
 * @category constructors
 */
export const Credits = Route.make({
  method: "GET",
  path: "/v1/credits",
  replay: "safe",
  input: Route.NoInput,
  output: Schema.Struct({ credits: Numeric })
})

/**
 * The balance in credits. A read: retried, costs nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const credits: Effect.Effect<number, CallError, CheapAi.CheapAi> = Effect.map(
  CheapAi.execute(Credits, {}),
  (reply) => reply.credits
)

/**
 * `GET /v1/packages` (billing). What it answers is documented nowhere.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Packages = Route.make({
  method: "GET",
  path: "/v1/packages",
  replay: "safe",
  unconfirmed: ["result"],
  input: Route.NoInput,
  output: Schema.Unknown
})

/**
 * The packages of credits on sale, as the service's JSON: decode it with a schema of your own. A read: retried, costs
 * nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const packages: Effect.Effect<unknown, CallError, CheapAi.CheapAi> = CheapAi.execute(Packages, {})
