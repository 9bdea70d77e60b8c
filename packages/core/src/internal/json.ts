/** Values that JSON can hold, and where a value holds something else. */
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

type Path = ReadonlyArray<PropertyKey>

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const entriesOf = (value: object): Iterable<readonly [PropertyKey, unknown]> | undefined =>
  Array.isArray(value) ? value.entries() : isPlain(value) ? Object.entries(value) : undefined

/** Deeper than any settings, and no danger to the stack. */
const deepest = 100

/** The path to the first thing that JSON can't hold: also a value that holds itself. */
const strangerIn = (value: unknown, path: Path, above: ReadonlyArray<unknown>): Path | undefined => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path
  if (!Predicate.isObject(value) || above.length > deepest || above.includes(value)) return path
  const entries = entriesOf(value)
  if (entries === undefined) return path
  for (const [key, inner] of entries) {
    const found = strangerIn(inner, [...path, key], [...above, value])
    if (found !== undefined) return found
  }
  return undefined
}

const isJson = (value: unknown): value is Json => strangerIn(value, [], []) === undefined

const check = () => (value: unknown, _: unknown, ast: ParseResult.Type["ast"]) => {
  if (isJson(value)) return ParseResult.succeed(value)
  const refused = new ParseResult.Type(ast, value)
  const [first, ...path] = strangerIn(value, [], []) ?? []
  return ParseResult.fail(first === undefined ? refused : new ParseResult.Pointer([first, ...path], value, refused))
}

export const Json: Schema.Schema<Json> = Schema.declare(
  [],
  { decode: check, encode: check },
  { description: "a value that JSON can hold" }
)
