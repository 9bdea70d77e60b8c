/** A route and its input become an HTTP request, or an error that names the field. Nothing is sent here. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { InvalidInputError, type Issue } from "../CheapAiError.js"
import type { Route } from "../Route.js"
import { issuesOf, sentenceOf } from "./issues.js"
import { tidy } from "./tidy.js"

export interface Prepared {
  readonly request: HttpClientRequest.HttpClientRequest
  /** The input as it goes over the wire. */
  readonly wire: Readonly<Record<string, unknown>>
}

const invalidInput = (route: Pick<Route<unknown, unknown>, "key" | "replay">, issues: ReadonlyArray<Issue>) =>
  new InvalidInputError({
    message: tidy(`The input was not sent. ${sentenceOf(issues)}`),
    route: route.key,
    replay: route.replay,
    issues
  })

/** One path segment on the wire, whatever the value holds. */
const segment = (name: string, value: unknown): Either.Either<string, Issue> => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string" || text === "") return Either.left({ path: name, reason: "is missing" })
  if (text === "." || text === ".." || /\p{Surrogate}/u.test(text)) {
    return Either.left({ path: name, reason: "can't be part of a path" })
  }
  return Either.right(encodeURIComponent(text))
}

const pathOf = (template: string, wire: Readonly<Record<string, unknown>>): Either.Either<string, Issue> =>
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
  wire: Readonly<Record<string, unknown>>
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

export const prepare = <I, A>(
  baseUrl: string,
  route: Route<I, A>,
  input: I
): Either.Either<Prepared, InvalidInputError> =>
  Either.gen(function* () {
    const refuse = (issue: Issue) => invalidInput(route, [issue])
    const encode = Schema.encodeUnknownEither(route.input, { errors: "all", onExcessProperty: "error" })
    const encoded = yield* Either.mapLeft(encode(input), (error) => invalidInput(route, issuesOf(error)))
    const wire: Readonly<Record<string, unknown>> = Predicate.isReadonlyRecord(encoded) ? encoded : {}
    const path = yield* Either.mapLeft(pathOf(route.path, wire), refuse)
    const query = yield* Either.mapLeft(queryOf(route.query, wire), refuse)
    const elsewhere = new Set([...placeholders(route.path), ...route.query])
    const body = Object.fromEntries(Object.entries(wire).filter(([name]) => !elsewhere.has(name)))
    const request = HttpClientRequest.make(route.method)(`${baseUrl}${path}`).pipe(
      HttpClientRequest.setUrlParams(query)
    )
    if (route.method !== "POST") return { request, wire }
    const json = yield* Either.mapLeft(jsonOf(body), refuse)
    return { request: HttpClientRequest.bodyText(request, json, "application/json"), wire }
  })
