/** The suite on every runtime that is here, as a table: `npm run runtimes`. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { begin, type Ran, type Target } from "./runtimes.js"

const linesOf = ({ report, target, version }: Ran): ReadonlyArray<string> => {
  const bad = report.filter(({ ok }) => !ok)
  const limited = report.filter(({ limit }) => limit !== undefined)
  const differs = new Set(limited.map(({ limit }) => `  - ${limit}`))
  return [
    `${target.name} (${version}): ${report.length - bad.length} of ${report.length} rows, ${limited.length} within a limit`,
    ...differs,
    ...bad.map(({ expected, name, seen }) => `  ! ${name}: ${JSON.stringify(seen)} for ${JSON.stringify(expected)}`)
  ]
}

const isGood = ({ report }: Ran): boolean => report.every(({ ok }) => ok)

/** Whether all was well, or it is not here. */
const print = (fiber: Fiber.Fiber<Ran, { readonly _tag: string; readonly message: string }>, { name }: Target) =>
  Fiber.join(fiber).pipe(
    Effect.tap((ran) => Console.log(linesOf(ran).join("\n"))),
    Effect.map(isGood),
    Effect.catchAll((error) =>
      Effect.as(
        Console.log(error._tag === "AbsentError" ? error.message : `${name}: ${error.message}`),
        error._tag === "AbsentError"
      )
    )
  )

const main = Effect.scoped(
  Effect.flatMap(begin, (running) => Effect.forEach(running, ([target, fiber]) => print(fiber, target)))
)

process.exitCode = (await Effect.runPromise(main)).every(Boolean) ? 0 : 1
