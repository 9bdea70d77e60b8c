/**
 * Connections through an HTTP proxy: CONNECT (RFC 9110, 9.3.6), then TLS with the host, within one time for both. undici's
 * `ProxyAgent` (7.30) can't do it here: it waits for the answer to CONNECT beyond every connect timeout, after an abort and
 * after its own end, and leaves the socket open.
 */
import * as http from "node:http"
import * as https from "node:https"
import { isIP } from "node:net"
import type { ConnectionOptions } from "node:tls"
import { type buildConnector, errors } from "undici"
import type { Connector, Options, Pending } from "./connector.js"
import * as HttpProxy from "./httpProxy.js"
import { ProxyError } from "./proxyError.js"

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1")

/** To the proxy, and no byte of it to the host. */
const connectRequest = ({ authorization, url }: HttpProxy.HttpProxy, authority: string, options: Options) => {
  const hostname = bare(url.hostname)
  const trust: Pick<ConnectionOptions, "secureContext" | "servername"> = {
    secureContext: options.secureContext,
    // Node would take it from the `host` header, which names the other end of the tunnel.
    servername: isIP(hostname) === 0 ? hostname : ""
  }
  return (url.protocol === "https:" ? https : http).request(url, {
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...(authorization === undefined ? {} : { "proxy-authorization": authorization }) },
    agent: false,
    ...trust
  })
}

/** Opens tunnels; `direct` speaks TLS in them. */
export const make =
  (proxy: HttpProxy.HttpProxy, direct: Connector, options: Options): Connector =>
  (target, callback) => {
    const request = connectRequest(proxy, HttpProxy.authority(target), options)
    let pending: Pending = request
    const destroy = (error: Error) => void pending.destroy(error)
    const timer = setTimeout(destroy, options.timeout, new errors.ConnectTimeoutError("The tunnel took too long"))
    const done: buildConnector.Callback = (...result) => {
      clearTimeout(timer)
      callback(...result)
    }
    request.on("error", (cause) => done(new ProxyError("The connection to the proxy failed.", { cause }), null))
    request.on("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return done(new ProxyError(`The proxy refused a connection to the service: it answered ${statusCode}.`), null)
      }
      if (target.protocol === "https:") pending = direct({ ...target, httpSocket: socket }, done)
      else done(null, socket)
    })
    request.end()
    return { destroy }
  }
