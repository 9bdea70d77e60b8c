/** A route and its input become an HTTP request, or an error that names the field. Nothing is sent here. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { InvalidInputError, type Issue } from "../CheapAiError.js"
import type { Multipart } from "../Multipart.js"
import type { Route } from "../Route.js"
import type { UploadError } from "../Upload.js"
import { spellings } from "./fieldNames.js"
import { issuesOf, sentenceOf } from "./issues.js"
import { multipart } from "./multipart.js"
import { stringsOf } from "./scrub.js"
import { tidy } from "./tidy.js"

export interface Prepared {
  /** Without a body where `multipart` has it. */
  readonly request: HttpClientRequest.HttpClientRequest
  readonly multipart?: Multipart | undefined
  /** The strings of the input, which a reply might quote. */
  readonly quotable: ReadonlyArray<string>
}

/** What the client itself adds to an input. */
export interface Additions {
  readonly receiveUrl?: string | undefined
}

type Fields = Readonly<Record<string, unknown>>
export type Of = Pick<Route<unknown, unknown>, "key" | "replay" | "misplaced"> & { readonly input: Schema.Schema.Any }

/** What to do about a field that belongs elsewhere, or is spelt as on the wire. */
const hintFor = (route: Of, issues: ReadonlyArray<Issue>): string | undefined => {
  const hints = new Map([...spellings(route.input), ...Object.entries(route.misplaced)])
  return issues.map(({ path }) => hints.get(path)).find((hint) => hint !== undefined)
}

const invalidInput = (route: Of, issues: ReadonlyArray<Issue>, what = "The input was not sent.") =>
  new InvalidInputError({
    message: tidy(`${what} ${sentenceOf(issues)}`),
    route: route.key,
    replay: route.replay,
    issues,
    hint: hintFor(route, issues)
  })

/** A file that can't be sent. */
export const unreadable = (route: Of, { path = "", reason }: UploadError, what?: string) =>
  invalidInput(route, [{ path, reason }], what)

/** One path segment on the wire, whatever the value holds. */
const segment = (name: string, value: unknown): Either.Either<string, Issue> => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string" || text === "") return Either.left({ path: name, reason: "is missing" })
  if (text === "." || text === ".." || /\p{Surrogate}/u.test(text)) {
    return Either.left({ path: name, reason: "can't be part of a path" })
  }
  return Either.right(encodeURIComponent(text))
}

const pathOf = (template: string, wire: Fields): Either.Either<string, Issue> =>
  Either.map(
    Either.all(
      template.split(/[{}]/).map((part, index) => (index % 2 === 0 ? Either.right(part) : segment(part, wire[part])))
    ),
    (parts) => parts.join("")
  )

const placeholders = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1])

const isPrimitive = Predicate.or(Predicate.or(Predicate.isString, Predicate.isNumber), Predicate.isBoolean)

const queryOf = (
  names: ReadonlyArray<string>,
  wire: Fields
): Either.Either<ReadonlyArray<readonly [string, string]>, Issue> =>
  Either.all(
    names
      .filter((name) => wire[name] !== undefined)
      .map((name) => {
        const value = wire[name]
        return isPrimitive(value)
          ? Either.right([name, String(value)] as const)
          : Either.left({ path: name, reason: "can't be part of a query" })
      })
  )

const jsonOf = (body: unknown): Either.Either<string, Issue> =>
  Either.try({ try: () => JSON.stringify(body), catch: () => ({ path: "", reason: "can't be written as JSON" }) })

const wireNames = <I, A>(route: Route<I, A>): ReadonlyArray<PropertyKey> =>
  SchemaAST.getPropertySignatures(Schema.encodedSchema(route.input).ast).map(({ name }) => name)

/** A value whose getters throw is unreadable, like one of the wrong type. */
const encodeInput = <I, A>(route: Route<I, A>, input: I): Either.Either<unknown, ReadonlyArray<Issue>> =>
  Either.try({
    try: () => Schema.encodeUnknownEither(route.input, { errors: "all", onExcessProperty: "error" })(input),
    catch: () => [{ path: "", reason: "can't be read" }]
  }).pipe(Either.flatMap(Either.mapLeft(issuesOf)))

/** The input as it goes over the wire, strictly: what is no field of the route is named. */
const encode = <I, A>(route: Route<I, A>, input: I, additions: Additions): Either.Either<Fields, InvalidInputError> =>
  Either.mapBoth(encodeInput(route, input), {
    onLeft: (issues) => invalidInput(route, issues),
    onRight: (encoded) => ({
      ...(additions.receiveUrl !== undefined && wireNames(route).includes("receive_url")
        ? { receive_url: additions.receiveUrl }
        : {}),
      ...(Predicate.isReadonlyRecord(encoded) ? encoded : {})
    })
  })

const address = <I, A>(baseUrl: string, route: Route<I, A>, wire: Fields) =>
  Either.mapBoth(Either.all({ path: pathOf(route.path, wire), query: queryOf(route.query, wire) }), {
    onLeft: (issue) => invalidInput(route, [issue]),
    onRight: ({ path, query }) =>
      HttpClientRequest.make(route.method)(`${baseUrl}${path}`).pipe(HttpClientRequest.setUrlParams(query))
  })

const bodyOf = <I, A>(route: Route<I, A>, wire: Fields): Fields => {
  const elsewhere = new Set([...placeholders(route.path), ...route.query])
  return Object.fromEntries(Object.entries(wire).filter(([name]) => !elsewhere.has(name)))
}

/** Checks the input and looks at its files. */
export const prepare = <I, A>(
  baseUrl: string,
  route: Route<I, A>,
  input: I,
  additions: Additions = {}
): Effect.Effect<Prepared, InvalidInputError> =>
  Effect.gen(function* () {
    const wire = yield* encode(route, input, additions)
    const request = yield* address(baseUrl, route, wire)
    const quotable = stringsOf(wire)
    if (route.method !== "POST") return { request, quotable }
    const body = bodyOf(route, wire)
    if (route.encoding === "multipart") {
      const parts = yield* Effect.mapError(multipart(body), (error) => unreadable(route, error))
      return { request, multipart: parts, quotable }
    }
    const json = yield* Either.mapLeft(jsonOf(body), (issue) => invalidInput(route, [issue]))
    return { request: HttpClientRequest.bodyText(request, json, "application/json"), quotable }
  })
