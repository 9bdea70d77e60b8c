/** TLS in front of a server of this machine that speaks none. */
import { connect } from "node:net"
import { createServer } from "node:tls"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Certificate } from "./certificates.js"
import * as RawServer from "./rawServer.js"

/** The port. */
export const make = (url: string, certificate: Certificate): Effect.Effect<number, never, Scope.Scope> =>
  Effect.suspend(() => {
    const { port } = new URL(url)
    const server = createServer({ ...certificate }, (socket) => {
      const behind = connect(Number(port), "127.0.0.1")
      socket.on("error", () => {}).on("close", () => behind.destroy())
      behind.on("error", () => {}).on("close", () => socket.destroySoon())
      socket.pipe(behind).pipe(socket)
    })
    return RawServer.listen(server)
  })
