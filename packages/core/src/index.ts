/** @since 0.1.0 */
export * as Account from "./Account.js"
/** @since 0.1.0 */
export * as Attempt from "./Attempt.js"
/** @since 0.1.0 */
export * as CheapAi from "./CheapAi.js"
/** @since 0.1.0 */
export * as CheapAiConfig from "./CheapAiConfig.js"
/** @since 0.1.0 */
export * as CheapAiError from "./CheapAiError.js"
/** @since 0.1.0 */
export * as Music from "./Music.js"
/** @since 0.1.0 */
export * as RetryPolicy from "./RetryPolicy.js"
/** @since 0.1.0 */
export * as Route from "./Route.js"
/** @since 0.1.0 */
export * as Task from "./Task.js"
/** @since 0.1.0 */
export * as Telemetry from "./Telemetry.js"
/** @since 0.1.0 */
export * as Transport from "./Transport.js"
