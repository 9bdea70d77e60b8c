/** `node:http` for the server face: requests in, wire replies out with the ends they ask for, CORS, and a clean close. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Wire from "../Wire.js"

const openToAll = { "access-control-allow-origin": "*", "access-control-expose-headers": "*" }

const headersOf = (message: IncomingMessage): Record<string, string> => {
  const entries = Object.entries(message.headers)
  return Object.fromEntries(
    entries.map(([name, value = ""]) => [name, Array.isArray(value) ? value.join(", ") : value])
  )
}

const headOf = (message: IncomingMessage): Wire.WireRequestHead => {
  const { method = "", url: target = "" } = message
  return { method, target, headers: headersOf(message) }
}

const bodyOf = async (message: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of message) chunks.push(chunk)
  return Wire.join(chunks)
}

const isPreflight = (request: Wire.WireRequestHead): boolean =>
  request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined

/** Names the headers that were asked for: a star would not cover `authorization`. */
const preflight = (request: Wire.WireRequestHead): Wire.WireReply => ({
  head: {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
      "access-control-max-age": "600"
    }
  },
  chunks: [],
  end: "complete"
})

/** The empty write's callback comes after everything before it has left. */
const flushed = (socket: Socket): Effect.Effect<void> =>
  Effect.async((resume) => {
    socket.write("", () => resume(Effect.void))
  })

/** Node reads data and an RST that arrive together as data and a FIN, so the RST waits until the data has been read. */
const readByClient = Effect.sleep("20 millis")

const endSocket = (socket: Socket, end: Wire.WireEnd): Effect.Effect<void> => {
  switch (end) {
    case "stall":
      return Effect.void
    case "reset":
      return Effect.sync(() => socket.resetAndDestroy())
    default:
      return Effect.sync(() => socket.destroySoon())
  }
}

/** Fails on a status or header that HTTP can't carry. */
const writeHead = (response: ServerResponse, head: Wire.WireHead) =>
  Effect.try(() => response.writeHead(head.status, { ...openToAll, ...head.headers }))

const writeBody = (response: ServerResponse, { chunks, pause, surplus }: Wire.WireReply) =>
  Effect.gen(function* () {
    if (pause !== undefined) response.flushHeaders()
    for (const chunk of chunks) {
      if (pause !== undefined) yield* Effect.sleep(pause)
      if (response.destroyed) return
      response.write(chunk)
    }
    if (surplus !== undefined) response.write(surplus)
  })

const send = (socket: Socket, response: ServerResponse, reply: Wire.WireReply) =>
  Effect.gen(function* () {
    if (reply.head === undefined) {
      if (reply.surplus !== undefined) socket.write(reply.surplus)
      return yield* endSocket(socket, reply.end)
    }
    yield* writeHead(response, reply.head)
    yield* writeBody(response, reply)
    if (reply.end === "complete" && reply.surplus === undefined) return response.end()
    response.flushHeaders()
    yield* flushed(socket)
    if (reply.end === "reset") yield* readByClient
    yield* endSocket(socket, reply.end)
  })

/** How requests are answered. One that is not admitted has its connection reset at its head. */
export interface Handler {
  /** Whether a connection takes further requests after a reply. */
  readonly keepAlive: boolean
  readonly admits: (head: Wire.WireRequestHead) => Effect.Effect<boolean>
  readonly handle: (request: Wire.WireRequest) => Effect.Effect<Wire.WireReply>
}

const replyTo = ({ admits, handle }: Handler, message: IncomingMessage) =>
  Effect.gen(function* () {
    const head = headOf(message)
    if (isPreflight(head)) return preflight(head)
    if (!(yield* admits(head))) return Wire.unread
    return yield* handle({ ...head, body: yield* Effect.tryPromise(() => bodyOf(message)) })
  })

const closed = (server: Server): Effect.Effect<void> =>
  Effect.async((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** A client that goes away while it sends or reads is not an error: its socket is dropped and nothing else happens. */
const ignore = (): void => {}

/** A server that answers so, not yet listening. Closing the scope closes it and all its sockets. */
export const make = (handler: Handler): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<never>()
    return yield* Effect.acquireRelease(
      Effect.sync(() =>
        createServer((message, response) => {
          response.on("error", ignore)
          if (!handler.keepAlive) response.setHeader("connection", "close")
          const { socket } = message
          replyTo(handler, message).pipe(
            Effect.flatMap((reply) => send(socket, response, reply)),
            Effect.catchAllCause(() => Effect.sync(() => socket.destroy())),
            run
          )
        }).on("error", ignore)
      ),
      closed
    )
  })

const host = (address: string): string => {
  if (address === "0.0.0.0" || address === "::") return "localhost"
  return address.includes(":") ? `[${address}]` : address
}

const originOf = (server: Server): string => {
  const address = server.address()
  return address !== null && typeof address === "object" ? `http://${host(address.address)}:${address.port}` : ""
}

/** Listens and gives the origin. */
export const listen = (
  server: Server,
  port: number,
  address: string
): Effect.Effect<string, { readonly code?: string; readonly message: string }> =>
  Effect.async((resume) => {
    const failed = (error: Error) => resume(Effect.fail(error))
    try {
      server.once("error", failed).listen(port, address, () => {
        server.off("error", failed)
        resume(Effect.sync(() => originOf(server)))
      })
    } catch (error) {
      // A port outside 0-65535 is thrown at once.
      failed(error instanceof Error ? error : new Error(String(error)))
    }
  })
