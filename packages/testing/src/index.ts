/** @since 0.1.0 */
export * as AttemptLog from "./AttemptLog.js"
/** @since 0.1.0 */
export * as Faults from "./Faults.js"
/** @since 0.1.0 */
export * as Ledger from "./Ledger.js"
/** @since 0.1.0 */
export * as Script from "./Script.js"
/** @since 0.1.0 */
export * as Simulated from "./Simulated.js"
/** @since 0.1.0 */
export * as TestCheapAi from "./TestCheapAi.js"
/** @since 0.1.0 */
export * as VirtualTime from "./VirtualTime.js"
