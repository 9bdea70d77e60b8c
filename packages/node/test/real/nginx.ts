/** nginx in front of a service, as an ordinary child process: everything that it writes is in a folder of its own. */
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
  /** Further directives of the blocks `http` and `location`. */
  readonly http?: ReadonlyArray<string>
  readonly location?: ReadonlyArray<string>
  readonly certificate?: Gateway.Certificate
}

const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]

/** Started by root it would hand its work to a user who may not enter the folder. */
const user = process.getuid?.() === 0 ? ["user root;"] : []

const configOf = ({ certificate, http = [], location = [], upstream }: Options, address: Gateway.Address): string => {
  const tls = certificate === undefined ? [] : ["ssl_certificate certificate.pem;", "ssl_certificate_key key.pem;"]
  return [
    "daemon off;",
    "worker_processes 1;",
    "pid nginx.pid;",
    "error_log error.log;",
    ...user,
    "events { worker_connections 512; }",
    "http {",
    ...folders.map((name) => `${name}_temp_path ${name};`),
    `log_format line "$request_method $uri $status";`,
    "access_log access.log line;",
    ...http,
    "server {",
    `listen 127.0.0.1:${address.port}${certificate === undefined ? "" : " ssl"};`,
    ...tls,
    `location = ${address.readyPath} { access_log off; return 204; }`,
    "location / {",
    `proxy_pass ${upstream};`,
    // By default it may send a GET to the next server of a group: what is sent again here is the client's business alone.
    "proxy_next_upstream off;",
    ...location,
    "}",
    "}",
    "}"
  ].join("\n")
}

/** Ends with the scope. */
export const make = (options: Options): Effect.Effect<Gateway.Gateway, ChildServer.StartError, Scope.Scope> =>
  Gateway.atFreePort((address) =>
    Effect.gen(function* () {
      const folder = yield* Files.folder
      const { certificate } = options
      const path = (name: string) => join(folder, name)
      yield* Files.write(path("nginx.conf"), configOf(options, address))
      if (certificate !== undefined) {
        yield* Files.write(path("certificate.pem"), certificate.certificate)
        yield* Files.write(path("key.pem"), certificate.key)
      }
      const url = `${certificate === undefined ? "http" : "https"}://127.0.0.1:${address.port}`
      const server = yield* ChildServer.start(
        [Installed.find("nginx") ?? "nginx", "-p", folder, "-c", path("nginx.conf"), "-e", "stderr"],
        url + address.readyPath
      )
      const log = Effect.zipRight(server.finish("SIGQUIT"), Files.read(path("access.log")))
      return { url, log: Effect.map(log, (text) => Gateway.linesOf(text.toString("utf8"))) }
    })
  )
