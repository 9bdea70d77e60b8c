/** Certificates of a private authority, made for the test: nothing on this machine trusts them. */
import { generateKeyPairSync } from "node:crypto"
import { isIP } from "node:net"
import forge from "node-forge"

export interface Certificate {
  /** In PEM form. */
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** What a client has to trust, in PEM form. */
  readonly cert: string
  /** A certificate for host names and IP addresses. */
  readonly issue: (...hosts: ReadonlyArray<string>) => Certificate
}

const { pki } = forge

const day = 24 * 60 * 60 * 1000

/** Node's own key generation: in JavaScript it takes seconds. */
const makeKey = (): string =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" }
  }).privateKey

interface Signer {
  readonly name: string
  readonly key: string
}

const sign = (name: string, key: string, signer: Signer, extensions: ReadonlyArray<unknown>): string => {
  const certificate = pki.createCertificate()
  const { e, n } = pki.privateKeyFromPem(key)
  certificate.publicKey = pki.setRsaPublicKey(n, e)
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`
  certificate.validity.notBefore = new Date(Date.now() - day)
  certificate.validity.notAfter = new Date(Date.now() + day)
  certificate.setSubject([{ name: "commonName", value: name }])
  certificate.setIssuer([{ name: "commonName", value: signer.name }])
  certificate.setExtensions([...extensions])
  certificate.sign(pki.privateKeyFromPem(signer.key), forge.md.sha256.create())
  return pki.certificateToPem(certificate)
}

/** Kinds of names by RFC 5280, 4.2.1.6. */
const alternative = (host: string) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host })

export const authority = (name = "Private authority"): Authority => {
  const root: Signer = { name, key: makeKey() }
  const cert = sign(name, root.key, root, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true }
  ])
  return {
    cert,
    issue: (...hosts) => {
      const key = makeKey()
      const names = { name: "subjectAltName", altNames: hosts.map(alternative) }
      return { key, cert: sign(hosts[0] ?? name, key, root, [names, { name: "extKeyUsage", serverAuth: true }]) }
    }
  }
}
