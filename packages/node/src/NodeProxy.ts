/**
 * The HTTP proxy that connections go through. Each is a tunnel: TLS is spoken with the service itself, so the proxy sees
 * host names and no request. Connections to this machine never go through it.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as HttpProxy from "./internal/httpProxy.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * `http://host:port`, or `https://` for a proxy that speaks TLS; `http://` can be left out. A user name and a password in
   * it are sent to the proxy only; what is special in them is escaped as in every URL (`#` is `%23`).
   */
  readonly url: string | Redacted.Redacted
  /**
   * The hosts that are reached without it, between commas or spaces: `example.com` or `.example.com` (both mean the host and
   * what is below it), either with `:port`, an IP address, or `*` for all. Default: none.
   */
  readonly noProxy?: string | undefined
}

/** As in curl: small letters go before capitals, and an empty variable means none. */
const variable = (name: string): Config.Config<string | undefined> =>
  Config.string(name.toLowerCase()).pipe(
    Config.orElse(() => Config.string(name)),
    Config.option,
    Config.map((value) => Option.getOrUndefined(value) || undefined)
  )

const urlFrom = (name: string): Config.Config<Redacted.Redacted | undefined> =>
  Config.mapOrFail(variable(name), (text) => {
    if (text === undefined) return Either.right(text)
    const url = Redacted.make(text)
    return Either.map(HttpProxy.parse(name, url), () => url)
  })

/**
 * `HTTPS_PROXY` and `NO_PROXY`, or the same in small letters, which go first; `undefined` without a proxy. `HTTP_PROXY` is
 * not read: it is for `http:` addresses, and of those the library calls none but this machine's.
 *
 * @since 0.1.0
 * @category configuration
 */
export const fromEnvironment: Config.Config<Options | undefined> = Config.map(
  Config.all({ url: urlFrom("HTTPS_PROXY"), noProxy: variable("NO_PROXY") }),
  ({ noProxy, url }) => (url === undefined ? undefined : { url, noProxy })
)
