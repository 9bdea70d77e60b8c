/** A service that only its proxy can find: its name is in no DNS, and its certificate is of a private authority. */
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import * as Certificates from "./certificates.js"
import * as Client from "./client.js"
import * as ProxyServer from "./proxyServer.js"
import * as TlsFront from "./tlsFront.js"

export const authority = Certificates.authority()

export const host = "api.cheapai.test"
export const files = "files.cheapai.test"
export const baseUrl = `https://${host}`

const certificate = authority.issue(host, files)

/** For proxies that speak TLS. */
export const ofThisMachine = authority.issue("127.0.0.1")

/** The service is at `url`, without TLS. */
export const front = (url: string) => TlsFront.make(url, certificate)

export const layer = (proxy: string, options: Partial<NodeCheapAi.Options> = {}) =>
  Client.layer(baseUrl, { ca: authority.cert, proxy: { url: proxy }, ...options })

/** The service at `url`, its proxy, and a client's layer. */
export const make = (url: string, options: Partial<NodeCheapAi.Options> = {}) =>
  Effect.gen(function* () {
    const proxy = yield* ProxyServer.make(ProxyServer.openTo(yield* front(url)))
    return { proxy, layer: layer(proxy.url, options) }
  })
