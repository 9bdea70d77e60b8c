/**
 * Certificates made for a test by `openssl`, which every system has that has TLS: Node can't make any, and of the
 * libraries that can each brings a second implementation of what is tested here.
 */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Files from "../files.js"
import type { Certificate } from "./gateway.js"
import * as Installed from "./installed.js"

export interface Wanted {
  /** As OpenSSL writes it. Default `IP:127.0.0.1`. */
  readonly name?: string
  /** First and last moment, as `YYYYMMDDHHMMSSZ`. Default from 2020 to 2099. */
  readonly from?: string
  readonly until?: string
  /** What it may be used for. Default `serverAuth`. */
  readonly usage?: string
}

export interface Authority {
  /** The file with its own certificate, for those who are to trust it. */
  readonly path: string
  readonly issue: (wanted?: Wanted) => Effect.Effect<Certificate>
}

const openssl = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() => promisify(execFile)(Installed.find("openssl") ?? "openssl", args, { cwd: folder }))

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

const configuration = `
[ca]
default_ca = authority
[authority]
database = index
new_certs_dir = .
certificate = authority.pem
private_key = authority-key.pem
default_md = sha256
rand_serial = yes
unique_subject = no
policy = anything
[anything]
commonName = supplied
`

const text = (path: string) => Effect.map(Files.read(path), (bytes) => bytes.toString("utf8"))

const pair = (folder: string): Effect.Effect<Certificate> =>
  Effect.all({ certificate: text(join(folder, "certificate.pem")), key: text(join(folder, "key.pem")) })

const issue =
  (folder: string) =>
  (wanted: Wanted = {}): Effect.Effect<Certificate> => {
    const { from = "20200101000000Z", name = "IP:127.0.0.1", until = "20990101000000Z", usage = "serverAuth" } = wanted
    return Effect.gen(function* () {
      yield* Files.write(join(folder, "extensions"), `subjectAltName = ${name}\nextendedKeyUsage = ${usage}\n`)
      yield* openssl(
        folder,
        "req",
        "-new",
        ...newKey,
        "-keyout",
        "key.pem",
        "-out",
        "request.pem",
        "-subj",
        "/CN=service"
      )
      const files = ["-in", "request.pem", "-out", "certificate.pem", "-extfile", "extensions"]
      const dates = ["-startdate", from, "-enddate", until]
      yield* openssl(folder, "ca", "-config", "configuration", "-batch", "-notext", ...files, ...dates)
      return yield* pair(folder)
    })
  }

const selfSign = (folder: string, name: string, subject: string) =>
  openssl(
    folder,
    ...["req", "-x509", ...newKey, "-days", "1000", "-subj", subject],
    ...["-keyout", name === "authority" ? "authority-key.pem" : "key.pem", "-out", `${name}.pem`]
  )

/** An authority that nobody trusts who is not told to. */
export const authority: Effect.Effect<Authority, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* Files.folder
  yield* Files.write(join(folder, "configuration"), configuration)
  yield* Files.write(join(folder, "index"), "")
  yield* selfSign(folder, "authority", "/CN=An authority of this test")
  return { path: join(folder, "authority.pem"), issue: issue(folder) }
})

export const selfSigned: Effect.Effect<Certificate, never, Scope.Scope> = Effect.flatMap(Files.folder, (folder) =>
  Effect.zipRight(selfSign(folder, "certificate", "/CN=127.0.0.1"), pair(folder))
)
