/** A page's connection to its server, byte by byte. */
import { connect } from "node:net"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Connection {
  /** Whether the other side takes more at the moment. */
  readonly write: (bytes: string | Uint8Array) => boolean
  /** Ends once they have left, or can't any more; says which. */
  readonly send: (bytes: string | Uint8Array) => Effect.Effect<boolean>
  /** The first line and the body of the answer, or nothing if the connection ended without. */
  readonly answer: Effect.Effect<readonly [line: string, body: string]>
  /** All that came. */
  readonly text: () => string
  readonly ended: Effect.Effect<void>
  /** Nothing that comes is read any more. */
  readonly pause: Effect.Effect<void>
  readonly leave: Effect.Effect<void>
}

const parse = (text: string): readonly [string, string] | undefined => {
  const [head = "", body] = text.split("\r\n\r\n")
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
  return body !== undefined && body.length >= length ? [head.split("\r\n")[0] ?? "", body] : undefined
}

export const to = (address: string): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const answer = yield* Deferred.make<readonly [string, string]>()
    const ended = yield* Deferred.make<void>()
    const { hostname, port } = new URL(address)
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => connect(Number(port), hostname)),
      (socket) => Effect.sync(() => socket.destroy())
    )
    let text = ""
    socket.on("data", (data) => {
      text += data
      const parsed = parse(text)
      if (parsed !== undefined) Deferred.unsafeDone(answer, Effect.succeed(parsed))
    })
    socket
      .on("error", () => {})
      .on("close", () => {
        Deferred.unsafeDone(answer, Effect.succeed(["", ""]))
        Deferred.unsafeDone(ended, Effect.void)
      })
    return {
      write: (bytes) => socket.write(bytes),
      send: (bytes) => Effect.async((resume) => void socket.write(bytes, (error) => resume(Effect.succeed(!error)))),
      answer: Deferred.await(answer),
      text: () => text,
      ended: Deferred.await(ended),
      pause: Effect.sync(() => void socket.pause()),
      leave: Effect.sync(() => socket.destroy())
    }
  })

/** The head of a request of ann's. */
export const head = (address: string, path: string, ...lines: ReadonlyArray<string>): string =>
  [
    `POST ${new URL(address).pathname}${path} HTTP/1.1`,
    "host: app.test",
    "authorization: Bearer session-of-ann",
    ...lines,
    "",
    ""
  ].join("\r\n")

export const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`
