/** An HTTP proxy that opens tunnels to this machine, whatever host is asked for, and keeps what it sees. */
import * as http from "node:http"
import * as https from "node:https"
import { connect, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Certificate } from "./certificates.js"
import * as RawServer from "./rawServer.js"

export interface Tunnel {
  /** Host and port, as CONNECT names them. */
  readonly target: string
  readonly headers: http.IncomingHttpHeaders
  /** What the client has sent through it. */
  readonly sent: () => Buffer
}

export interface ProxyServer {
  readonly url: string
  /** Every CONNECT, also those that were refused. */
  readonly tunnels: ReadonlyArray<Tunnel>
}

export type Answer = (socket: Socket | Duplex) => void

/** Leaves it to the client to close the connection. */
export const refuse =
  (status: string): Answer =>
  (socket) =>
    void socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)

export const openTo =
  (port: number): Answer =>
  (socket) => {
    const behind = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      socket.pipe(behind).pipe(socket)
    })
    behind.on("error", () => {}).on("close", () => socket.destroy())
    socket.on("close", () => behind.destroy())
  }

/** With a certificate it speaks TLS itself. */
export const make = (answer: Answer, certificate?: Certificate): Effect.Effect<ProxyServer, never, Scope.Scope> =>
  Effect.suspend(() => {
    const tunnels: Array<Tunnel> = []
    const server = certificate === undefined ? http.createServer() : https.createServer({ ...certificate })
    server.on("connect", ({ headers, url: target = "" }, socket) => {
      const chunks: Array<Buffer> = []
      tunnels.push({ target, headers, sent: () => Buffer.concat(chunks) })
      // Node leaves a tunnel's socket half open.
      socket
        .on("error", () => {})
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => socket.end())
      answer(socket)
    })
    const scheme = certificate === undefined ? "http" : "https"
    return Effect.map(RawServer.listen(server), (port) => ({ url: `${scheme}://127.0.0.1:${port}`, tunnels }))
  })
