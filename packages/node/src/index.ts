/** @since 0.1.0 */
export * as NodeCheapAi from "./NodeCheapAi.js"
/** @since 0.1.0 */
export * as NodeDownload from "./NodeDownload.js"
/** @since 0.1.0 */
export * as NodeProxy from "./NodeProxy.js"
/** @since 0.1.0 */
export * as NodeTransport from "./NodeTransport.js"
/** @since 0.1.0 */
export * as NodeUpload from "./NodeUpload.js"
