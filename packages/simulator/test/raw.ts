/** A client of bare sockets, for what an HTTP client would hide: how a connection ends, byte for byte. */
import { connect } from "node:net"
import * as Effect from "effect/Effect"

export interface Seen {
  readonly text: string
  /** `end` for a FIN, a code such as `ECONNRESET` for an error, `open` when nothing happened within the time. */
  readonly ending: string
}

export const exchange = (url: string, request: string, patience = 150): Effect.Effect<Seen> =>
  Effect.async((resume) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    let text = ""
    const done = (ending: string) => {
      clearTimeout(timer)
      socket.destroy()
      resume(Effect.succeed({ text, ending }))
    }
    const timer = setTimeout(() => done("open"), patience)
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1")
    })
    socket.on("end", () => done("end"))
    socket.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? "unknown"))
    socket.write(request)
  })

export const readCredits = "GET /v1/credits HTTP/1.1\r\nhost: a\r\nauthorization: Bearer sk_test_valid\r\n\r\n"
