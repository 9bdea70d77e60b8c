/**
 * The service replaced: a handler for each route that a program calls, no engine and no wire. What a program does with
 * results and typed errors is tested with it; how calls are retried is tested with `Script`.
 *
 * @since 0.1.0
 */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, TaskFailedError } from "@effect-cheapai/core/CheapAiError"
import * as Route from "@effect-cheapai/core/Route"
import * as Task from "@effect-cheapai/core/Task"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Simulated from "./Simulated.js"
import * as VirtualTime from "./VirtualTime.js"

/**
 * What `layer` takes: made by `on`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Handler {
  /** The route's key, or a file's address. */
  readonly key: string
  /** The reply as the wire would carry it: for a task route the finished task. */
  readonly reply: (input: unknown) => Effect.Effect<unknown, CallError | TaskFailedError>
}

interface Charged {
  readonly creditCost?: number | undefined
}

interface On {
  /**
   * The task's result, with a `creditCost` if it matters (else it is 0); a `TaskFailedError` fails the task, any other
   * error the submit.
   */
  <I, A>(
    route: Route.TaskRoute<I, A>,
    handler: (input: I) => Effect.Effect<A & Charged, CallError | TaskFailedError>
  ): Handler
  <I, A>(
    route: Route.Route<I, A> & { readonly result?: never },
    handler: (input: I) => Effect.Effect<A, CallError>
  ): Handler
}

/**
 * Answers a route: `TestCheapAi.on(Account.Credits, () => Effect.succeed({ credits: 5 }))`. For a route that creates a
 * task the handler answers with the task's result, and `Task.await` finds it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const on: On = <I, A>(
  route: Route.Route<I, A> & { readonly result?: Route.WireSchema<A> },
  handler: (input: I) => Effect.Effect<A & Charged, CallError | TaskFailedError>
): Handler => ({
  key: route.key,
  reply: (input) =>
    Effect.gen(function* () {
      const value = yield* handler(yield* Effect.orDie(Schema.validate(route.input)(input)))
      const wire: unknown = yield* Effect.orDie(Schema.encode(route.result ?? route.output)(value))
      return route.result === undefined ? wire : { ...record(wire), credit_cost: value.creditCost ?? 0 }
    })
})

/**
 * Answers the download of a file: `TestCheapAi.file("https://files.example/a.mp3", bytes)`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const file = (url: string | URL, bytes: Uint8Array): Handler => ({
  key: new URL(url).href,
  reply: () => Effect.succeed(bytes)
})

const opened = (bytes: unknown) =>
  bytes instanceof Uint8Array
    ? Effect.succeed({ size: bytes.byteLength, bytes: Stream.make(bytes) })
    : Effect.dieMessage("No file lies at this address: answer it with TestCheapAi.file")

const record = (u: unknown): Readonly<Record<string, unknown>> => ({ ...Object(u) })

/**
 * The whole service, made of handlers. A call to a route without one is a mistake of the test and dies, naming the route.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (...handlers: ReadonlyArray<Handler>): Layer.Layer<CheapAi.CheapAi> =>
  Layer.sync(CheapAi.CheapAi, () => {
    const byKey = new Map(handlers.map((handler) => [handler.key, handler]))
    const tasks = new Map<string, unknown>()

    const poll = (input: unknown) => {
      const task = tasks.get(String(record(input).taskId))
      return task === undefined
        ? Effect.dieMessage("No task of that id was created by this layer: answer Task.Get with a handler of your own")
        : Effect.succeed(task)
    }

    const finish = (outcome: Effect.Effect<unknown, CallError | TaskFailedError>): Effect.Effect<unknown, CallError> =>
      outcome.pipe(
        Effect.map((result) => ({ ...record(result), status: "done" })),
        Effect.catchTag("TaskFailedError", (error) =>
          Effect.succeed({ status: "error", error_message: error.message, credit_cost: error.creditCost })
        )
      )

    const submit = (key: string, outcome: Effect.Effect<unknown, CallError | TaskFailedError>) =>
      Effect.flatMap(finish(outcome), (reply) => {
        const id = `task-${tasks.size + 1}`
        tasks.set(id, { ...record(reply), id })
        return Effect.flatMap(DateTime.now, (submittedAt) =>
          Effect.as(CheapAi.announceTask({ id, route: key, submittedAt }), { task_id: id })
        )
      })

    const answer = <I, A>(route: Route.Route<I, A>, input: I): Effect.Effect<unknown, CallError> => {
      const handler = byKey.get(route.key)
      if (handler === undefined) {
        return route.key === Task.Get.key ? poll(input) : Effect.dieMessage(`No handler for ${route.key}`)
      }
      if (Route.isTask(route)) return submit(route.key, handler.reply(input))
      return Effect.catchTag(handler.reply(input), "TaskFailedError", (error) => Effect.die(error))
    }

    return {
      openFile: (url) =>
        Effect.flatMap(Effect.orDie(byKey.get(url.href)?.reply(undefined) ?? Effect.succeed(undefined)), opened),
      execute: (route, input) =>
        CheapAi.validate(route, input).pipe(
          Effect.zipRight(answer(route, input)),
          Effect.flatMap((reply) => Effect.orDie(Schema.decodeUnknown(route.output)(reply))),
          // A handler need not say of which route its error is.
          Effect.mapError((error) => Object.assign(error, { route: route.key, replay: route.replay }))
        )
    }
  })

/**
 * The real engine over an account in memory: `Simulated.layer`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSimulator: typeof Simulated.layer = Simulated.layer

/**
 * Time that jumps from sleeper to sleeper, for the program that it is provided to: `VirtualTime.layer`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerVirtualTime: typeof VirtualTime.layer = VirtualTime.layer
