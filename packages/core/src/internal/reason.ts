/** What a 401 or 429 is about, judged by its words: the service publishes no codes. A hint, not a contract. */

const has = (...words: ReadonlyArray<string>) => {
  const pattern = new RegExp(`\\b(?:${words.join("|")})\\b`, "i")
  return (text: string) => pattern.test(text.replace(/[_-]/g, " "))
}

const daily = has("daily", "per day", "spend", "spending", "budget")
const pace = has("rate", "requests", "busy", "queue", "too many", "slow down")
const expired = has("expired", "expires", "expiry")
const missing = has("missing", "required", "no api key", "not provided", "without")
const invalid = has("invalid", "incorrect", "wrong", "unknown", "not found", "malformed", "revoked")

export type RateLimitReason = "pace" | "daily-limit" | "unknown"

/** The daily limit wins when both match: waiting a second does not lift it. */
export const rateLimitReason = (text: string): RateLimitReason =>
  daily(text) ? "daily-limit" : pace(text) ? "pace" : "unknown"

export type UnauthorizedReason = "missing" | "invalid" | "expired" | "unknown"

export const unauthorizedReason = (text: string): UnauthorizedReason =>
  expired(text) ? "expired" : missing(text) ? "missing" : invalid(text) ? "invalid" : "unknown"

/** A proxy that lost its upstream after it had passed the request on: Envoy, Varnish, Heroku H12, H13, H18. */
export const saysUpstreamLost = (text: string): boolean =>
  /(?:disconnect|reset)[^.]{0,40}before headers|backend fetch failed|\bH1[238]\b/i.test(text)
