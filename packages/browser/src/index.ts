/** @since 0.1.0 */
export * as BrowserCheapAi from "./BrowserCheapAi.js"
/** @since 0.1.0 */
export * as BrowserDownload from "./BrowserDownload.js"
export * as CreditStore from "./CreditStore.js"
/** @since 0.1.0 */
export * as ReverseProxy from "./ReverseProxy.js"
