/** @since 0.1.0 */
export * as BrowserCheapAi from "./BrowserCheapAi.js"
