/**
 * A route as data: where a call goes, what it takes and answers, and whether it may be sent twice. Nothing here sends.
 * Routes that this library doesn't know are made the same way.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Replay } from "./CheapAiError.js"
import { matcher, type Target } from "./internal/target.js"
import { Id, optionalNumber } from "./internal/wire.js"

/**
 * A schema of `A` over JSON.
 *
 * @since 0.1.0
 * @category models
 */
// biome-ignore lint/suspicious/noExplicitAny: a route's type leaves its wire form out, and `unknown` accepts no schema
export type WireSchema<A> = Schema.Schema<A, any>

/**
 * A call that takes `I` and answers `A`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Route<I, A> {
  readonly method: "GET" | "POST" | "DELETE"
  /** From the family on: `/v1/task/{task_id}`. Placeholders are wire names of input fields. */
  readonly path: `/${string}`
  /** Wire names of the input fields that go into the query. */
  readonly query: ReadonlyArray<string>
  /** How the input's other fields are sent. A file needs `"multipart"`. */
  readonly encoding: "json" | "multipart"
  /** The route's name in errors, records and stored tasks: method and path template. */
  readonly key: string
  readonly replay: Replay
  readonly input: WireSchema<I>
  readonly output: WireSchema<A>
  /**
   * What the service's own documentation does not say: wire names of fields, `name: limit` where it names the field and not
   * its limit, `result` for what the route answers.
   */
  readonly unconfirmed: ReadonlyArray<string>
  /** What to say of a field that belongs elsewhere. */
  readonly misplaced: Readonly<Record<string, string>>
}

/**
 * The answer of a route that creates a task.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Submitted = Schema.Struct({
  taskId: Schema.propertySignature(Id).pipe(Schema.fromKey("task_id")),
  creditsLeft: optionalNumber.pipe(Schema.fromKey("ec_remain_credits"))
})
/**
 * @since 0.1.0
 * @category models
 */
export type Submitted = typeof Submitted.Type

/**
 * A billed call that creates a task, whose result is `A`.
 *
 * @since 0.1.0
 * @category models
 */
export interface TaskRoute<I, A> extends Route<I, Submitted> {
  readonly replay: "once"
  /** Reads `A` from the finished task, as `GET /v1/task/{task_id}` answers it. */
  readonly result: WireSchema<A>
}

/**
 * A route whatever it takes and answers: for lists of them.
 *
 * @since 0.1.0
 * @category models
 */
// biome-ignore lint/suspicious/noExplicitAny: a schema is invariant in its type, so `unknown` accepts none
export type Any = Route<any, any>

interface Definition<I> {
  readonly method: Route<I, unknown>["method"]
  readonly path: Route<I, unknown>["path"]
  readonly query?: ReadonlyArray<string>
  readonly encoding?: Route<I, unknown>["encoding"]
  readonly unconfirmed?: ReadonlyArray<string>
  readonly misplaced?: Readonly<Record<string, string>>
  readonly input: WireSchema<I>
}

const define = <I>(definition: Definition<I>) => ({
  query: [],
  encoding: "json" as const,
  unconfirmed: [],
  misplaced: {},
  ...definition,
  key: `${definition.method} ${definition.path}`
})

/**
 * A call that answers at once. `replay` is `"safe"` for reads, also those that are POSTs, and `"once"` for whatever must
 * not happen twice.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <I, A>(
  definition: Definition<I> & { readonly output: WireSchema<A>; readonly replay: Replay }
): Route<I, A> => ({ ...define(definition), output: definition.output, replay: definition.replay })

/**
 * A call that creates a billed task; it is never sent twice unless nothing can have happened the first time.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeTask = <I, A>(
  definition: Omit<Definition<I>, "method"> & { readonly result: WireSchema<A> }
): TaskRoute<I, A> => ({
  ...define({ method: "POST", ...definition }),
  output: Submitted,
  replay: "once",
  result: definition.result
})

/**
 * @since 0.1.0
 * @category guards
 */
export const isTask = <I, A>(route: Route<I, A>): route is Route<I, A> & TaskRoute<I, unknown> => "result" in route

export type {
  /**
   * The target of a request that is one of a route: its path as it stands there, the values of the path's placeholders,
   * and the query.
   *
   * @since 0.1.0
   * @category models
   */
  Target
}

export {
  /**
   * Reads targets of requests (`/v1/task/t-1`) by a route's template; undefined for one that is not the route's. Only what
   * this library itself would send matches: letter case, slashes and percent-encoding as it writes them, and no query but
   * the route's, each name once. Values that hold a slash, or only dots, match nothing.
   *
   * @since 0.1.0
   * @category guards
   */
  matcher
}

/**
 * The input of a call that takes none.
 *
 * @since 0.1.0
 * @category schemas
 */
export const NoInput = Schema.Struct({})
