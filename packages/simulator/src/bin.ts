#!/usr/bin/env node
/**
 * The simulator as a command: starts the server and runs until it is told to stop.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ApiKey from "./ApiKey.js"
import * as Arguments from "./internal/arguments.js"
import * as SimulatorServer from "./SimulatorServer.js"

const stopSignal = Effect.async<void>((resume) => {
  const stop = () => resume(Effect.void)
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop)
})

const serve = (options: Arguments.Arguments) =>
  Effect.gen(function* () {
    const stopped = yield* Effect.fork(stopSignal)
    const { url } = yield* SimulatorServer.make({ port: options.port, host: options.host })
    yield* Console.log(`CheapAI simulator on ${url} (keys: ${Object.keys(ApiKey.defaults).join(", ")})`)
    yield* stopped
  }).pipe(
    Effect.scoped,
    Effect.catchAll((error) => Effect.fail(error.message))
  )

const main = Either.match(Arguments.parse(process.argv.slice(2)), {
  onLeft: (message) => Effect.fail(`${message}\n\n${Arguments.usage}`),
  onRight: (options) => (options.help ? Console.log(Arguments.usage) : serve(options))
})

process.exitCode = await Effect.runPromise(
  Effect.match(Effect.tapError(main, Console.error), { onFailure: () => 1, onSuccess: () => 0 })
)
