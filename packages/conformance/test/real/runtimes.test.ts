/** The suite on every runtime that is here. One that is missing is skipped aloud, and is a failure where CI is set. */
import { describe, expect, layer } from "@effect/vitest"
import type { ListenError } from "@effect-cheapai/simulator/SimulatorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { TestContext } from "vitest"
import * as Conformance from "../../src/Conformance.js"
import { absent } from "./absent.js"
import type * as Child from "./child.js"
import { begin, type Target, targets } from "./runtimes.js"

class Running extends Context.Tag("Running")<Running, Effect.Effect.Success<typeof begin>>() {}

const holds = (target: Target, context: TestContext): Effect.Effect<void, Child.ChildError | ListenError, Running> =>
  Effect.gen(function* () {
    const fiber = (yield* Running).get(target)
    if (fiber === undefined) return expect.unreachable("It was not begun")
    const { report } = yield* Fiber.join(fiber)
    expect(report.filter(({ ok }) => !ok)).toEqual([])
    expect(report.map(({ name }) => name)).toEqual(Conformance.cases.map(({ name }) => name))
  }).pipe(Effect.catchTag("AbsentError", ({ message }) => absent(context, message)))

describe("the conformance suite", () => {
  layer(Layer.scoped(Running, begin), { excludeTestServices: true, timeout: 300_000 })((it) => {
    for (const target of targets) it.effect(`holds on ${target.name}`, (context) => holds(target, context), 600_000)
  })
})
