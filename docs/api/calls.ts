/** The calls of the API, found in the library: a route is a member `Name` of a module, its function the member `name`. */
import * as Core from "@effect-cheapai/core"
import { Predicate } from "effect"

type AnyRoute = Core.Route.Route<unknown, unknown>

export interface Call {
  /** The library's module: `Music`. */
  readonly module: string
  /** The member that calls: `generate`. */
  readonly name: string
  /** The member that holds the route: `Generate`. */
  readonly routeName: string
  readonly route: AnyRoute
  /** The finished task's schema, of a route that creates one. */
  readonly result: Core.Route.WireSchema<unknown> | undefined
  /** The member that is the schema of the input, and of what comes back; none for a schema without a name. */
  readonly inputName: string | undefined
  readonly resultName: string | undefined
}

/** The barrel's values are known by their names alone. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Core

const isRoute = (u: unknown): u is AnyRoute =>
  Predicate.hasProperty(u, "replay") && Predicate.hasProperty(u, "encoding") && Predicate.hasProperty(u, "output")

/** `Task.Get` has no function of its own: whoever awaits a task calls it. */
const functionOf = (module: string, routeName: string): string =>
  module === "Task" && routeName === "Get" ? "await" : routeName.charAt(0).toLowerCase() + routeName.slice(1)

const callOf = (module: string, routeName: string, route: AnyRoute): Call => {
  const members = modules[module] ?? {}
  const name = functionOf(module, routeName)
  if (!(name in members)) throw new Error(`${module}.${routeName} has no function ${module}.${name}`)
  const nameOf = (schema: unknown) => Object.keys(members).find((key) => members[key] === schema)
  const result = Core.Route.isTask(route) ? route.result : undefined
  return {
    module,
    name,
    routeName,
    route,
    result,
    inputName: nameOf(route.input),
    resultName: nameOf(result ?? route.output)
  }
}

/** Sorted here, because not every runner of modules sorts a namespace's members. */
const sorted = <A>(members: Readonly<Record<string, A>>) =>
  Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1))

export const calls: ReadonlyArray<Call> = sorted(modules).flatMap(([module, members]) =>
  sorted(members)
    .filter((member): member is [string, AnyRoute] => isRoute(member[1]))
    .map(([routeName, route]) => callOf(module, routeName, route))
)
