/** The query of a request, read strictly: the first parameter that the route does not take, takes once, or takes filled. */
import type { Route } from "./route.js"

export const of = (target: string): URLSearchParams => {
  const start = target.indexOf("?")
  return new URLSearchParams(start < 0 ? "" : target.slice(start + 1))
}

/** What is wrong with the query, or undefined. */
export const problem = ({ query = [] }: Route, target: string): string | undefined => {
  if (query === "any") return undefined
  const seen = new Set<string>()
  for (const [name, value] of of(target)) {
    if (!query.includes(name)) return `${name}: is not a query parameter of this route`
    if (seen.has(name)) return `${name}: was sent more than once`
    if (value === "") return `${name}: must not be empty`
    seen.add(name)
  }
  return undefined
}
