/** A proxy's address, taken apart and checked, and the hosts that are reached without it. */
import * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as ConfigError from "effect/ConfigError"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

export interface HttpProxy {
  /** Without a user name and a password. */
  readonly url: URL
  /** What only the proxy is told. */
  readonly authorization: string | undefined
}

const authorizationOf = ({ password, username }: URL): string | undefined =>
  username === "" && password === ""
    ? undefined
    : `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`

/** The errors name the field and never show what stands in it. */
export const parse = (
  field: string,
  text: string | Redacted.Redacted
): Either.Either<HttpProxy, ConfigError.ConfigError> => {
  const refuse = (message: string) => Either.left(ConfigError.InvalidData([field], message))
  const given = (Redacted.isRedacted(text) ? Redacted.value(text) : text).trim()
  const full = given.includes("://") ? given : `http://${given}`
  if (!URL.canParse(full)) return refuse("is no URL such as http://proxy.example.com:3128")
  const url = new URL(full)
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse("must begin with http:// or https://")
  if (url.pathname !== "/" || /[?#]/.test(full)) {
    return refuse("goes on behind the port: if that is part of a password, write / as %2F, ? as %3F and # as %23")
  }
  return Either.try({
    try: () => {
      const authorization = authorizationOf(url)
      url.username = url.password = ""
      return { url, authorization }
    },
    catch: () => ConfigError.InvalidData([field], "holds a % that begins no escape: write it as %25")
  })
}

export interface Target {
  readonly protocol: string
  /** An IPv6 address stands here without brackets. */
  readonly hostname: string
  /** Empty for the protocol's own. */
  readonly port: string
}

const inUrl = ({ hostname }: Target): string => (hostname.includes(":") ? `[${hostname}]` : hostname)

const portOf = ({ port, protocol }: Target): string => port || (protocol === "https:" ? "443" : "80")

export const authority = (target: Target): string => `${inUrl(target)}:${portOf(target)}`

/** Of an address without a port, and of an IPv6 address without brackets, all is the host. */
const matcher = (entry: string) => {
  const [, host = entry, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  const name = host
    .replace(/^\*?\./, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase()
  return (target: Target) =>
    (port === undefined || port === portOf(target)) &&
    (name === "*" || name === target.hostname || target.hostname.endsWith(`.${name}`))
}

/** Whether a host is reached without the proxy: this machine always is. */
export const bypass = (noProxy: string): ((target: Target) => boolean) => {
  const matchers = noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(matcher)
  return (target) => CheapAiConfig.isLoopback(inUrl(target)) || matchers.some((matches) => matches(target))
}
