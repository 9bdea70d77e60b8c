/** Certificates that are trusted beside Node's own. */
import { X509Certificate } from "node:crypto"
import * as tls from "node:tls"
import * as ConfigError from "effect/ConfigError"
import * as Either from "effect/Either"

const refused = ConfigError.InvalidData(
  ["ca"],
  "holds no certificate that can be read: give it as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
)

/** From Node 22.15 on; those of `NODE_EXTRA_CA_CERTS` are among them, unlike among the `rootCertificates`. */
const { getCACertificates, rootCertificates }: typeof tls & { getCACertificates?: () => ReadonlyArray<string> } = tls

/** A cut-off one among whole ones is refused too: each block is read, and the constructor throws at what it can't read. */
const certificatesOf = (pem: string): ReadonlyArray<string> => {
  const blocks = pem.split(/(?=-----BEGIN)/).filter((text) => text.startsWith("-----BEGIN"))
  return (blocks.length === 0 ? [pem] : blocks).map((text) => new X509Certificate(text).toString())
}

/** One for all connections: to read Node's own anew takes tens of milliseconds each time. */
export const secureContext = (
  ca: string | ReadonlyArray<string>
): Either.Either<tls.SecureContext, ConfigError.ConfigError> =>
  Either.try({
    try: () => {
      const added = [ca].flat().flatMap(certificatesOf)
      return tls.createSecureContext({ ca: [...(getCACertificates?.() ?? rootCertificates), ...added] })
    },
    catch: () => refused
  })
