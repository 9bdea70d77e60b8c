/** A server of one's own on a port of this machine: the test writes the replies and sees what arrived. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type * as Scope from "effect/Scope"

export interface Arrival {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  /** Grows as the body arrives. */
  readonly chunks: Array<Uint8Array>
  /** The connection has ended before the reply has. */
  readonly left: Deferred.Deferred<void>
}

export interface HttpServer {
  readonly url: string
  readonly arrivals: ReadonlyArray<Arrival>
  /** The first that is no preflight. */
  readonly first: Effect.Effect<Arrival>
}

const portOf = (server: Server): number => {
  const address = server.address()
  return address !== null && typeof address === "object" ? address.port : 0
}

/** Any free port of this machine, until the scope closes; gives the origin. */
export const listening = (server: Server): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<string>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.sync(() => `http://127.0.0.1:${portOf(server)}`)))
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

/** `reply` is called when a request's body has arrived. */
export const make = (reply: (response: ServerResponse) => void): Effect.Effect<HttpServer, never, Scope.Scope> =>
  Effect.suspend(() => {
    const arrivals: Array<Arrival> = []
    const first = Deferred.unsafeMake<Arrival>(FiberId.none)
    const server = createServer((request, response) => {
      const left = Deferred.unsafeMake<void>(FiberId.none)
      const arrival: Arrival = { method: request.method, headers: request.headers, chunks: [], left }
      arrivals.push(arrival)
      if (request.method !== "OPTIONS") Deferred.unsafeDone(first, Effect.succeed(arrival))
      response
        .on("error", () => {})
        .on("close", () => {
          if (!response.writableFinished) Deferred.unsafeDone(left, Effect.void)
        })
      request.on("error", () => {}).on("data", (chunk) => arrival.chunks.push(chunk))
      request.on("end", () => reply(response))
    })
    return Effect.map(listening(server), (url) => ({ url, arrivals, first: Deferred.await(first) }))
  })

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

export interface Cors {
  /** Whether the connection of a preflight is kept for the request. Default true, as servers do. */
  readonly isKept?: boolean
  /** The headers of a reply that pages may read. Default none beyond the Fetch standard's own. */
  readonly exposed?: string
}

/** Replies as they are, to pages of any origin. */
export const forPages =
  (reply: (response: ServerResponse) => void, { exposed = "", isKept = true }: Cors = {}) =>
  (response: ServerResponse): void => {
    const { headers, method } = response.req
    response.setHeader("access-control-allow-origin", "*").setHeader("access-control-expose-headers", exposed)
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", headers["access-control-request-headers"] ?? "*")
      response.writeHead(204, isKept ? {} : { connection: "close" }).end()
    } else reply(response)
  }
