/** @since 0.1.0 */
export * as Script from "./Script.js"
/** @since 0.1.0 */
export * as TestCheapAi from "./TestCheapAi.js"
