import { describe, expect, it } from "@effect/vitest"
import { errors } from "undici"
import { codeOf } from "../../src/internal/codeOf.js"

/** Node's page on TLS lists those of certificates; `UNSPECIFIED` is what it makes of OpenSSL's others, such as a weak key. */
const tls = [
  ...["EPROTO", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_TLS_HANDSHAKE_TIMEOUT", "ERR_SSL_WRONG_VERSION_NUMBER"],
  ...["UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ...["UNABLE_TO_GET_CRL", "UNABLE_TO_DECRYPT_CERT_SIGNATURE", "UNABLE_TO_DECRYPT_CRL_SIGNATURE"],
  ...["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "CERT_SIGNATURE_FAILURE", "CRL_SIGNATURE_FAILURE"],
  ...["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED", "CRL_NOT_YET_VALID", "CRL_HAS_EXPIRED", "CERT_CHAIN_TOO_LONG"],
  ...["ERROR_IN_CERT_NOT_BEFORE_FIELD", "ERROR_IN_CERT_NOT_AFTER_FIELD", "ERROR_IN_CRL_LAST_UPDATE_FIELD"],
  ...["ERROR_IN_CRL_NEXT_UPDATE_FIELD", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"],
  ...["CERT_REVOKED", "CERT_UNTRUSTED", "CERT_REJECTED", "INVALID_CA", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED"],
  ...["HOSTNAME_MISMATCH", "UNSPECIFIED"]
]

const withCode = (code: unknown) => Object.assign(new Error("It failed"), { code })

describe("the name of a failure", () => {
  it.each(tls)("%s is of TLS", (code) => {
    expect(codeOf(withCode(code))).toBe("tls")
  })

  it.each([
    ["ENOTFOUND", "dns"],
    ["ECONNREFUSED", "refused"],
    ["ETIMEDOUT", "connect-timeout"],
    ["ENETUNREACH", "offline"],
    ["ECONNRESET", "reset"],
    ["UND_ERR_SOCKET", "closed"],
    ["UND_ERR_HEADERS_OVERFLOW", "protocol"],
    ["EPROTOTYPE", "unknown"],
    ["ERR_INVALID_ARG_TYPE", "unknown"]
  ])("%s is %s", (code, name) => {
    expect(codeOf(withCode(code))).toBe(name)
  })

  it("is not asked of what has no code", () => {
    for (const cause of [undefined, null, "ECONNRESET", {}, withCode(7)]) expect(codeOf(cause)).toBe("unknown")
  })

  it("is protocol for a reply that undici can't parse", () => {
    expect(codeOf(new errors.HTTPParserError("Invalid header"))).toBe("protocol")
  })
})
