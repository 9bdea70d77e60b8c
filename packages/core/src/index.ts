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
export * as CreditLimit from "./CreditLimit.js"
/** @since 0.1.0 */
export * as Download from "./Download.js"
/** @since 0.1.0 */
export * as Dubbing from "./Dubbing.js"
/** @since 0.1.0 */
export * as Forwarding from "./Forwarding.js"
/** @since 0.1.0 */
export * as Image from "./Image.js"
/** @since 0.1.0 */
export * as Limiter from "./Limiter.js"
/** @since 0.1.0 */
export * as Multipart from "./Multipart.js"
/** @since 0.1.0 */
export * as Music from "./Music.js"
/** @since 0.1.0 */
export * as RetryBudget from "./RetryBudget.js"
/** @since 0.1.0 */
export * as RetryPolicy from "./RetryPolicy.js"
/** @since 0.1.0 */
export * as Route from "./Route.js"
/** @since 0.1.0 */
export * as SoundEffect from "./SoundEffect.js"
/** @since 0.1.0 */
export * as SpeechToText from "./SpeechToText.js"
/** @since 0.1.0 */
export * as Task from "./Task.js"
/** @since 0.1.0 */
export * as Telemetry from "./Telemetry.js"
/** @since 0.1.0 */
export * as TextToSpeech from "./TextToSpeech.js"
/** @since 0.1.0 */
export * as Transport from "./Transport.js"
/** @since 0.1.0 */
export * as Upload from "./Upload.js"
/** @since 0.1.0 */
export * as VoiceChanger from "./VoiceChanger.js"
/** @since 0.1.0 */
export * as VoiceClone from "./VoiceClone.js"
/** @since 0.1.0 */
export * as VoiceIsolation from "./VoiceIsolation.js"
/** @since 0.1.0 */
export * as Webhook from "./Webhook.js"
