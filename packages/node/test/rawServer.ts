/** A server that speaks no protocol of its own: each connection is handed to the test. */
import { createServer, type Server, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export const portOf = (server: Server): number => {
  const address = server.address()
  return address !== null && typeof address === "object" ? address.port : 0
}

/** Listens on a free port of this machine; closing the scope ends the server and every connection. */
export const listen = <S extends Server>(server: S): Effect.Effect<number, never, Scope.Scope> => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    // A client that resets its connection is what these tests are about.
    socket.on("error", () => {}).on("close", () => sockets.delete(socket))
  })
  return Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.sync(() => portOf(server))))
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
}

/** The port of a server of bare connections. */
export const make = (onConnection: (socket: Socket) => void): Effect.Effect<number, never, Scope.Scope> =>
  Effect.suspend(() => listen(createServer(onConnection)))

/** A port that nobody listens on. */
export const closedPort: Effect.Effect<number> = Effect.scoped(make(() => {}))
