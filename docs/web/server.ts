/** `npm run demo:web`: the page on http://127.0.0.1:5173, or on the port in `PORT`, until Ctrl-C. */
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { run } from "../demo/run.js"
import * as Site from "./site.js"

const program = Effect.gen(function* () {
  const port = yield* Config.withDefault(Config.port("PORT"), 5173)
  const address = yield* Site.serve({ port, taskDuration: "5 seconds" })
  yield* Console.log(`The demo is on ${address}`)
  return yield* Effect.never
})

run(Effect.scoped(program))
