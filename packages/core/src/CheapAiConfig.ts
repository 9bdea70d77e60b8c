/**
 * What a client can be told, its defaults, and the checks that a bad key or address fails when the layer is built.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { StoredTask } from "./internal/storedTask.js"
import type * as Limiter from "./Limiter.js"
import type * as RetryBudget from "./RetryBudget.js"
import * as RetryPolicy from "./RetryPolicy.js"

/**
 * The bounds of a call; each can be left out.
 *
 * @since 0.1.0
 * @category models
 */
export interface Timeouts {
  /**
   * One request, from its start (of an upload: from its last byte) to the last byte of its reply. Default 60 seconds.
   */
  readonly attempt?: Duration.DurationInput | undefined
  /** The whole call, with its retries and waits. Default 5 minutes. */
  readonly total?: Duration.DurationInput | undefined
  /** Of a file that is sent or fetched: the longest time without a byte. Default 30 seconds. */
  readonly idle?: Duration.DurationInput | undefined
}

/**
 * What every adapter takes besides the key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  /** Default `https://api.cheapaiapi.com`. `http:` only for this machine; a path prefix is kept. */
  readonly baseUrl?: string | undefined
  /** Default `RetryPolicy.standard`. */
  readonly retry?: RetryPolicy.AnyPolicy | undefined
  readonly timeouts?: Timeouts | undefined
  /** How many retries the calls of this client may make together. */
  readonly retryBudget?: RetryBudget.Options | undefined
  /**
   * How many calls may have a request under way at once, and how far apart those begin. Polls of tasks keep a pace of
   * their own, and result files come from other hosts. Default: as they come.
   */
  readonly limiter?: Limiter.Options | undefined
  /** Runs for every paid task as soon as its id is known, also when the caller has gone. */
  readonly onSubmitted?: ((task: StoredTask) => Effect.Effect<unknown>) | undefined
  /** Sends the caller's trace (`traceparent`, `b3`) to the service. Default `false`. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * What `CheapAi.layer` takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Settings {
  readonly apiKey: Redacted.Redacted
}

/**
 * Every default, in one place.
 *
 * @since 0.1.0
 * @category configuration
 */
export const defaults = {
  baseUrl: "https://api.cheapaiapi.com",
  retry: RetryPolicy.standard,
  connectTimeout: "10 seconds",
  attemptTimeout: "60 seconds",
  idleTimeout: "30 seconds",
  totalTimeout: "5 minutes",
  pollTimeout: "10 seconds",
  taskTimeout: "15 minutes"
} as const satisfies Record<string, string | RetryPolicy.AnyPolicy>

/**
 * `CHEAPAI_API_KEY`, and `CHEAPAI_BASE_URL` when it is set.
 *
 * @since 0.1.0
 * @category configuration
 */
export const fromEnvironment: Config.Config<Options> = Config.all({
  apiKey: Config.redacted("CHEAPAI_API_KEY"),
  baseUrl: Config.string("CHEAPAI_BASE_URL").pipe(Config.withDefault(defaults.baseUrl))
})

const invalid = (path: string, message: string) => ConfigError.InvalidData([path], message)

/**
 * Checks what will stand behind `Bearer`: the error says what to change and never shows it.
 *
 * @since 0.1.0
 * @category configuration
 */
export const checkCredential = (
  name: string,
  credential: Redacted.Redacted
): Either.Either<string, ConfigError.ConfigError> => {
  const value = Redacted.value(credential)
  if (value.trim() === "") return Either.left(invalid(name, "is empty: set it to a key from the dashboard"))
  if (/^bearer\s/i.test(value.trim())) {
    return Either.left(invalid(name, "starts with 'Bearer ': leave that out, it is added for you"))
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return Either.left(
      invalid(name, "holds a space, a line break or a character that is not visible ASCII: copy the key again")
    )
  }
  return Either.right(value)
}

/**
 * Whether a credential looks like one of the service's secret keys.
 *
 * @since 0.1.0
 * @category guards
 */
export const isSecretKey = (credential: Redacted.Redacted): boolean => /^sk[_-]/i.test(Redacted.value(credential))

/**
 * Whether a host name means this machine.
 *
 * @since 0.1.0
 * @category guards
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(\.\d+){3}$/.test(hostname)

/**
 * Checks a base URL and brings it into one form, without a trailing slash.
 *
 * @since 0.1.0
 * @category configuration
 */
export const checkBaseUrl = (baseUrl: string): Either.Either<string, ConfigError.ConfigError> => {
  const refuse = (message: string) => Either.left(invalid("baseUrl", message))
  if (!URL.canParse(baseUrl)) return refuse("is not an absolute URL such as https://api.cheapaiapi.com")
  const url = new URL(baseUrl)
  if (url.username !== "" || url.password !== "") return refuse("holds a user name or password: leave them out")
  if (baseUrl.includes("?") || baseUrl.includes("#")) return refuse("holds a query or fragment: leave it out")
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return refuse("uses http: use https, http would show the key to the network (it is allowed for this machine only)")
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("must begin with https://")
  return Either.right(`${url.origin}${url.pathname.replace(/\/+$/, "")}`)
}
