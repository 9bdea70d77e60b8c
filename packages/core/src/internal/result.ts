/** Where a finished task, as `GET /v1/task/{task_id}` answers it, holds its result. */
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { WireSchema } from "../Route.js"

/** A result that is the task's `metadata`. */
export const fromMetadata = <A>(schema: WireSchema<A>): WireSchema<A> =>
  Schema.transform(Schema.Struct({ metadata: schema }), Schema.typeSchema(schema), {
    strict: true,
    decode: ({ metadata }) => metadata,
    encode: (metadata) => ({ metadata })
  })

/** A result that may stand in several places: the first that has it counts. */
export const firstOf = <A>(...places: ReadonlyArray<WireSchema<A>>): WireSchema<A> => Schema.Union(...places)

/** What of a list can be read, at least one: what was paid for is not lost over the item beside it. */
export const readable = <A>(item: WireSchema<A>): WireSchema<readonly [A, ...Array<A>]> => {
  const items = Schema.NonEmptyArray(item)
  const read = Schema.decodeUnknownOption(item)
  return Schema.transformOrFail(Schema.Array(Schema.Unknown), Schema.typeSchema(items), {
    strict: true,
    decode: (all, options) => {
      const good = all.filter((u) => Option.isSome(read(u)))
      return ParseResult.decodeUnknown(items)(good.length === 0 ? all : good, options)
    },
    encode: (values, options) => ParseResult.encode(items)(values, options)
  })
}
