/** Which of the listed routes a request is of; anything else is refused in the service's own JSON. */
import * as Route from "@effect-cheapai/core/Route"
import * as Either from "effect/Either"
import { type Reply, refusal } from "./wireReply.js"

export interface Found {
  readonly route: Route.Any
  readonly target: Route.Target
}

export const make = (routes: ReadonlyArray<Route.Any>) => {
  const listed = routes.map((route) => ({ route, match: Route.matcher(route) }))
  return (method: string, url: string): Either.Either<Found, Reply> => {
    const found = listed.flatMap(({ match, route }): ReadonlyArray<Found> => {
      const target = match(url)
      return target === undefined ? [] : [{ route, target }]
    })
    const call = found.find(({ route }) => route.method === method)
    if (call !== undefined) return Either.right(call)
    if (found.length === 0) return Either.left(refusal(404, "This server passes no such call on."))
    const allow = [...new Set(found.map(({ route }) => route.method))].join(", ")
    return Either.left(refusal(405, "This server passes no call with this method on.", { allow }))
  }
}
