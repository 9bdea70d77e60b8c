import * as Core from "@effect-cheapai/core"
import type { CheapAi } from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"

export type AnyRoute = Core.Route.Route<unknown, unknown>

/** The barrel's values are known by their names alone. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Core
const isRoute = (u: unknown): u is AnyRoute =>
  Predicate.hasProperty(u, "replay") && Predicate.hasProperty(u, "encoding")
const isCall = (u: unknown): u is Effect.Effect<unknown, CallError, CheapAi> => Effect.isEffect(u)

export const functionOf = (route: string) => route.charAt(0).toLowerCase() + route.slice(1)

/** Under the names of their functions. */
export const routes = new Map<string, AnyRoute>(
  Object.entries(modules).flatMap(([module, members]) =>
    Object.entries(members).flatMap(([name, route]) =>
      isRoute(route) ? [[`${module}.${functionOf(name)}`, route] as const] : []
    )
  )
)

export const routeOf = (call: string): AnyRoute => {
  const route = routes.get(call)
  if (route === undefined) throw new Error(`${call} is not of the barrel`)
  return route
}

/** The function of that name; a route without one is executed. */
export const run = (call: string, input: unknown): Effect.Effect<unknown, CallError, CheapAi> => {
  const [module = "", name = ""] = call.split(".")
  const member = modules[module]?.[name]
  const called = Predicate.isFunction(member) ? member(input) : member
  return isCall(called) ? called : Core.CheapAi.execute(routeOf(call), input)
}
