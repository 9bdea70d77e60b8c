/** Node's and undici's names for failures, in the library's. They name; they prove nothing. */
import type { TransportCode } from "@effect-cheapai/core/Attempt"
import * as Predicate from "effect/Predicate"
import { errors } from "undici"
import { ProxyError } from "./proxyError.js"

const codes: Readonly<Record<string, TransportCode>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ECONNREFUSED: "refused",
  UND_ERR_CONNECT_TIMEOUT: "connect-timeout",
  ETIMEDOUT: "connect-timeout",
  EHOSTUNREACH: "connect-timeout",
  ENETUNREACH: "offline",
  ENETDOWN: "offline",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ECONNABORTED: "reset",
  UND_ERR_SOCKET: "closed",
  UND_ERR_HEADERS_OVERFLOW: "protocol",
  // Before a head has come whole: a header behind `content-length` that is none.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "protocol",
  // undici asserts what it expects of a reply: a status of 100 or more.
  ERR_ASSERTION: "protocol"
}

/** Node's own errors of TLS, those of a handshake, and OpenSSL's reasons not to trust a certificate. */
const tls = [
  /^(EPROTO|ERR_TLS_.*|ERR_SSL_.*)$/,
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_)/,
  /^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/
]

const isTls = (code: string) => tls.some((pattern) => pattern.test(code))

export const codeOf = (cause: unknown): TransportCode => {
  if (cause instanceof ProxyError) return cause.cause === undefined ? "refused" : codeOf(cause.cause)
  // undici 7.30 leaves the code of this one out.
  if (cause instanceof errors.HTTPParserError) return "protocol"
  if (!Predicate.hasProperty(cause, "code") || typeof cause.code !== "string") return "unknown"
  if (isTls(cause.code)) return "tls"
  if (cause.code.startsWith("HPE_")) return "protocol"
  return codes[cause.code] ?? "unknown"
}
