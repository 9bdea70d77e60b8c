/**
 * The simulator on a port, over real sockets. Every reply is open to pages of any origin, and preflights are answered.
 * Webhooks are posted to the URLs that submits asked for: once each, within 5 seconds, whatever the receiver answers.
 *
 * Programs of any language can ask, without a key; these are no requests to the service, and no fault strikes them:
 * - `GET /__simulator/ledger`: `opening`, `balance`, `entries`, `violations` and `requests`;
 * - `GET /__simulator/faults`: every fault's name with the phases on which it can happen;
 * - `POST /__simulator/faults` with `Faults.Plan` or `Faults.Seed` as JSON: injects it, and answers with its strikes;
 * - `POST /__simulator/reset`: starts again.
 *
 * @since 0.1.0
 */
import type { Server } from "node:http"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Admin from "./internal/admin.js"
import * as HttpServer from "./internal/httpServer.js"
import * as Webhook from "./internal/webhook.js"
import * as Simulator from "./Simulator.js"

/**
 * Where to listen, and what the simulator is told.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface Options extends Simulator.Options {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Whether a connection takes further requests after a reply. Default true; else each reply says `connection: close`. */
  readonly keepAlive?: boolean
}

/**
 * A running server: its origin, without a slash at the end, and the simulator that answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Running {
  readonly url: string
  readonly simulator: Simulator.Simulator
}

/**
 * The server could not listen; `code` is Node's, such as `EADDRINUSE` for a port that is taken.
 *
 * @since 0.1.0
 * @category errors
 */
export class ListenError extends Data.TaggedError("ListenError")<{
  readonly message: string
  readonly code: string
  readonly port: number
  readonly host: string
}> {}

const listen = (server: Server, port: number, host: string): Effect.Effect<string, ListenError> =>
  HttpServer.listen(server, port, host).pipe(
    Effect.mapError(({ code = "unknown", message }) => {
      const reason = code === "EADDRINUSE" ? `Port ${port} of ${host} is in use` : `Cannot listen: ${message}`
      return new ListenError({ message: reason, code, port, host })
    })
  )

/**
 * Starts a server with a simulator of its own, whose result URLs point back at it. The server is the consumer of the
 * simulator's `deliveries`. Closing the scope closes the server and every socket, stalled ones too, and ends deliveries.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Running, ListenError, Scope.Scope> =>
  Effect.gen(function* () {
    const { port = 0, host = "127.0.0.1", keepAlive = true, ...rest } = options
    // The origin of result URLs is known only once the server listens; requests wait for the simulator until then.
    const ready = yield* Deferred.make<Simulator.Simulator>()
    const server = yield* HttpServer.make({
      keepAlive,
      admits: (head) =>
        Admin.isMeant(head)
          ? Effect.succeed(true)
          : Effect.flatMap(Deferred.await(ready), ({ admits }) => admits(head)),
      handle: (request) =>
        Effect.flatMap(Deferred.await(ready), (simulator) =>
          Admin.isMeant(request) ? Admin.answer(simulator, request) : simulator.handle(request)
        )
    })
    const url = yield* listen(server, port, host)
    const simulator = yield* Simulator.make({ fileOrigin: url, ...rest })
    yield* Deferred.succeed(ready, simulator)
    yield* Effect.forkScoped(Webhook.postAll(simulator.deliveries))
    return { url, simulator }
  })

/**
 * A running server as a service.
 *
 * @since 0.1.0
 * @category models
 */
export class SimulatorServer extends Context.Tag("@effect-cheapai/simulator/SimulatorServer")<
  SimulatorServer,
  Running
>() {}

/**
 * `make` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<SimulatorServer, ListenError> =>
  Layer.scoped(SimulatorServer, make(options))
