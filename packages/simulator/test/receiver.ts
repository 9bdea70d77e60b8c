/** A listener on this machine that notes every request and answers as it is told, or never. */
import { createServer, type IncomingMessage } from "node:http"
import * as Effect from "effect/Effect"

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export interface Receiver {
  readonly url: string
  readonly received: ReadonlyArray<Received>
  /** How many of the requests were given up by their sender. */
  readonly aborted: () => number
}

export type Reply = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | "never"

const textOf = async (message: IncomingMessage): Promise<string> => {
  let text = ""
  for await (const chunk of message) text += String(chunk)
  return text
}

export const make = (reply: (path: string) => Reply) =>
  Effect.acquireRelease(
    Effect.async<{ readonly receiver: Receiver; readonly close: () => void }>((resume) => {
      const received: Array<Received> = []
      let aborted = 0
      const server = createServer(async (message, response) => {
        const { headers, method = "", url: path = "" } = message
        response.on("close", () => {
          if (!response.writableFinished) aborted += 1
        })
        received.push({ method, path, headers, body: await textOf(message) })
        const answer = reply(path)
        if (answer !== "never") response.writeHead(answer.status, answer.headers).end("thanks")
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = address !== null && typeof address === "object" ? address.port : 0
        const receiver = { url: `http://127.0.0.1:${port}`, received, aborted: () => aborted }
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ receiver, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ receiver }) => receiver))
