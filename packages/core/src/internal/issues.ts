/** A schema's complaints as paths and reasons. Never the value: it may be a prompt, or what a server sent. */
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as SchemaAST from "effect/SchemaAST"
import type { Issue } from "./errorFields.js"

const pathOf = (segments: ReadonlyArray<PropertyKey>): string =>
  segments.reduce<string>(
    (path, key) => (typeof key === "number" ? `${path}[${key}]` : path === "" ? String(key) : `${path}.${String(key)}`),
    ""
  )

const nameOf = (ast: SchemaAST.AST): string => {
  const type = SchemaAST.typeAST(ast)
  if (SchemaAST.isTypeLiteral(type)) return "an object"
  return String(SchemaAST.isRefinement(ast) ? ast : type)
}

const expected = (ast: SchemaAST.AST): string =>
  `expected ${Option.getOrElse(SchemaAST.getDescriptionAnnotation(ast), () => nameOf(ast))}`

const flatten = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<PropertyKey>,
  authored: boolean
): ReadonlyArray<Issue> => {
  const at = (reason: string): ReadonlyArray<Issue> => [{ path: pathOf(path), reason }]
  switch (issue._tag) {
    case "Pointer":
      return flatten(issue.issue, path.concat(issue.path), authored)
    case "Composite":
      if (SchemaAST.isUnion(issue.ast) && Option.isSome(SchemaAST.getDescriptionAnnotation(issue.ast))) {
        return at(expected(issue.ast))
      }
      return [issue.issues].flat().flatMap((inner) => flatten(inner, path, authored))
    case "Refinement":
      return issue.kind === "From"
        ? flatten(issue.issue, path, authored)
        : issue.issue._tag === "Type" && issue.issue.message === undefined
          ? at(expected(issue.ast))
          : flatten(issue.issue, path, true)
    case "Transformation":
      return Option.isSome(SchemaAST.getDescriptionAnnotation(issue.ast))
        ? at(expected(issue.ast))
        : flatten(issue.issue, path, authored)
    case "Missing":
      return at("is missing")
    case "Unexpected":
      return at("is not a field of this route")
    case "Forbidden":
      return at("can't be checked without asking")
    case "Type":
      return at(authored && issue.message !== undefined ? issue.message : expected(issue.ast))
  }
}

/** The same field may fail several members of a union: each complaint is named once. */
export const issuesOf = (error: ParseResult.ParseError): ReadonlyArray<Issue> => {
  const seen = new Map(flatten(error.issue, [], false).map((issue) => [`${issue.path}\n${issue.reason}`, issue]))
  return [...seen.values()].slice(0, 20)
}

export const sentenceOf = (issues: ReadonlyArray<Issue>): string =>
  issues.map(({ path, reason }) => (path === "" ? reason : `${path}: ${reason}`)).join("; ")
