/** Submits a song at each of the given origins, and prints a line of JSON about each: what Node says of TLS, and what the client. */
import { connect } from "node:tls"
import * as Music from "@effect-cheapai/core/Music"
import * as Effect from "effect/Effect"
import * as Client from "../client.js"

const handshake = (url: string): Effect.Effect<string> =>
  Effect.async((resume) => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) }, () => {
      socket.destroy()
      resume(Effect.succeed("trusted"))
    })
    socket.on("error", (error) => resume(Effect.succeed(String(Reflect.get(error, "code")))))
  })

const submit = (url: string) =>
  Music.generate(Client.song).pipe(
    Effect.match({
      onSuccess: () => ({ result: "success" }),
      onFailure: (error) => ({
        result: error._tag,
        code: error._tag === "TransportError" ? error.code : undefined,
        outcome: error.outcome,
        stopped: error.stopped,
        isRetryable: error.isRetryable,
        evidence: error.attempts.map(({ evidence }) => evidence)
      })
    }),
    Effect.provide(Client.layer(url))
  )

for (const url of process.argv.slice(2)) {
  const seen = await Effect.runPromise(Effect.all({ handshake: handshake(url), call: submit(url) }))
  console.log(JSON.stringify(seen))
}
