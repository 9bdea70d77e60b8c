/** Starts nginx and HAProxy in front of nothing, prints where they are, and waits. */
import * as Effect from "effect/Effect"
import * as RawServer from "../rawServer.js"
import * as Haproxy from "../real/haproxy.js"
import * as Nginx from "../real/nginx.js"

const program = Effect.gen(function* () {
  const upstream = `http://127.0.0.1:${yield* RawServer.closedPort}`
  const started = yield* Effect.all([Nginx.make({ upstream }), Haproxy.make({ upstream })])
  console.log(JSON.stringify(started.map(({ url }) => url)))
  return yield* Effect.never
})

await Effect.runPromise(Effect.scoped(program))
