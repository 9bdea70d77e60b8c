/** HAProxy in front of a service, as an ordinary child process with one file of its own. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Files from "../files.js"
import * as ChildServer from "./childServer.js"
import * as Gateway from "./gateway.js"
import * as Installed from "./installed.js"

export interface Options {
  /** The origin of the service behind it. */
  readonly upstream: string
  /** Further parameters of the server's line. */
  readonly server?: string
  /** Further lines of the sections `global`, `frontend` and `backend`. */
  readonly global?: ReadonlyArray<string>
  readonly frontend?: ReadonlyArray<string>
  readonly backend?: ReadonlyArray<string>
  readonly certificate?: Gateway.Certificate
}

const configOf = (options: Options, { port, readyPath }: Gateway.Address, certificate: string | undefined): string => {
  const { backend = [], frontend = [], global = [], server = "", upstream } = options
  return [
    "global",
    "log stdout format raw daemon",
    "nbthread 1",
    // Else two of them may listen on one port, and neither notices.
    "noreuseport",
    ...global,
    "defaults",
    "mode http",
    "log global",
    // Else it waits a second before each of three further tries to connect.
    "retries 0",
    "timeout connect 5s",
    "timeout client 30s",
    "timeout server 30s",
    "frontend front",
    `bind 127.0.0.1:${port}${certificate === undefined ? "" : ` ssl crt ${certificate}`}`,
    `log-format "%HM %HP %ST"`,
    `http-request set-log-level silent if { path ${readyPath} }`,
    `http-request return status 204 if { path ${readyPath} }`,
    ...frontend,
    "default_backend back",
    "backend back",
    `server service ${new URL(upstream).host} ${server}`,
    ...backend,
    ""
  ].join("\n")
}

/** Before and after the requests it says when its parts start and stop. */
const isRequest = (line: string): boolean => /^\S+ \S+ -?\d+$/.test(line)

/** Ends with the scope. */
export const make = (options: Options): Effect.Effect<Gateway.Gateway, ChildServer.StartError, Scope.Scope> =>
  Gateway.atFreePort((address) =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const { certificate } = options
      const pem = certificate === undefined ? undefined : join(folder, "certificate.pem")
      if (pem !== undefined) yield* Files.write(pem, `${certificate?.certificate}${certificate?.key}`)
      const file = yield* Files.write(join(folder, "haproxy.cfg"), configOf(options, address, pem))
      const url = `${certificate === undefined ? "http" : "https"}://127.0.0.1:${address.port}`
      const server = yield* ChildServer.start(
        [Installed.find("haproxy") ?? "haproxy", "-db", "-f", file],
        url + address.readyPath
      )
      return { url, log: Effect.map(server.finish("SIGUSR1"), (text) => Gateway.linesOf(text).filter(isRequest)) }
    })
  )
