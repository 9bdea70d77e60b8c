/** A server that keeps what is posted to it, routes that take a file, and a reader of multipart bodies. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Route from "@effect-cheapai/core/Route"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as HttpServer from "./httpServer.js"
import * as RawServer from "./rawServer.js"

const input = Schema.Struct({ file: Upload.UploadFromSelf, title: Schema.optional(Schema.String) })

/** Billed. */
export const Submit = Route.makeTask({
  path: "/v1/task/of-a-file",
  encoding: "multipart",
  input,
  result: Schema.Struct({})
})

export const Read = Route.make({
  method: "POST",
  path: "/v1/look-at-a-file",
  encoding: "multipart",
  replay: "safe",
  input,
  output: Schema.Struct({})
})

export const submit = (file: Upload.Upload) => CheapAi.execute(Submit, { file })
export const readOnly = (file: Upload.Upload) => CheapAi.execute(Read, { file })

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the request came to its end. */
  readonly isWhole: boolean
}

export interface UploadServer {
  readonly url: string
  readonly received: ReadonlyArray<Received>
}

export interface Behaviour {
  /** When the first bytes of a body have come; nothing more is read until its promise is kept. */
  readonly onBegin?: (number: number, request: IncomingMessage) => Promise<unknown>
  /** Before the next piece of a body is read. */
  readonly onPiece?: (bytes: number) => Promise<unknown> | undefined
  /** When a body has come whole. Default: a task id. */
  readonly reply?: (response: ServerResponse, number: number) => void
}

export const accept = (response: ServerResponse): void =>
  HttpServer.json(response, 200, { success: true, task_id: "task_of_a_file" })

export const unavailable = (response: ServerResponse): void =>
  HttpServer.json(response, 503, { success: false, error: "busy" })

/** `number` counts requests from 1. */
export const serve = ({
  onBegin,
  onPiece,
  reply = accept
}: Behaviour = {}): Effect.Effect<UploadServer, never, Scope.Scope> =>
  Effect.suspend(() => {
    const received: Array<Received> = []
    let count = 0
    const server = createServer(async (request, response) => {
      const number = ++count
      response.on("error", () => {})
      const chunks: Array<Uint8Array> = []
      const keep = (isWhole: boolean) =>
        received.push({ headers: request.headers, body: Buffer.concat(chunks), isWhole })
      try {
        for await (const chunk of request) {
          chunks.push(chunk)
          if (chunks.length === 1) await onBegin?.(number, request)
          await onPiece?.(chunk.byteLength)
        }
      } catch {
        return void keep(false)
      }
      keep(true)
      reply(response, number)
    })
    return Effect.map(RawServer.listen(server), (port) => ({ url: `http://127.0.0.1:${port}`, received }))
  })

export interface Part {
  readonly head: string
  readonly body: Buffer
}

/** The parts of a body, by RFC 7578: delimiters are lines of their own. */
export const parts = ({ body, headers }: Received): ReadonlyArray<Part> => {
  const boundary = /boundary=(\S+)$/.exec(headers["content-type"] ?? "")?.[1] ?? ""
  const found: Array<Part> = []
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const whole = Buffer.concat([Buffer.from("\r\n"), body])
  let at = whole.indexOf(delimiter)
  while (at !== -1) {
    const begin = at + delimiter.length
    const end = whole.indexOf(delimiter, begin)
    if (end === -1) break
    const part = whole.subarray(begin + 2, end)
    const blank = part.indexOf("\r\n\r\n")
    found.push({ head: part.subarray(0, blank).toString("utf8"), body: part.subarray(blank + 4) })
    at = end
  }
  return found
}

/** The bytes of a body's one file. */
export const fileOf = (received: Received | undefined): Buffer | undefined =>
  received === undefined ? undefined : parts(received).find(({ head }) => head.includes("filename="))?.body
