/** A `node:http` server whose replies the test writes, with the requests that it saw. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as RawServer from "./rawServer.js"

export interface HttpServer {
  readonly url: string
  readonly requests: ReadonlyArray<IncomingMessage>
}

/** `number` counts requests from 1. */
export const make = (
  reply: (response: ServerResponse, request: IncomingMessage, number: number) => void
): Effect.Effect<HttpServer, never, Scope.Scope> =>
  Effect.suspend(() => {
    const requests: Array<IncomingMessage> = []
    const server = createServer((request, response) => {
      requests.push(request)
      response.on("error", () => {})
      const number = requests.length
      request.resume().on("end", () => reply(response, request, number))
    })
    return Effect.map(RawServer.listen(server), (port) => ({ url: `http://127.0.0.1:${port}`, requests }))
  })

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
  response.end(text)
}
