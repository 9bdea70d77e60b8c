/** Free calls against the real service: what this library takes for granted, and whether it holds. `npm run test:live` */
import { Account, CheapAi, Task } from "@effect-cheapai/core"
import { NodeCheapAi } from "@effect-cheapai/node"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { promise } from "./promise.js"
import { run } from "./run.js"
import * as Terminal from "./terminal.js"

interface Check {
  readonly expected: string
  /** Stated by the service's documentation: the run fails when it does not hold. */
  readonly documented: boolean
  readonly came: Effect.Effect<{ readonly holds: boolean; readonly what: string }>
}

const tagOf = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.match(call, { onFailure: (error) => error._tag, onSuccess: () => "a value" })

const wrongKey = Effect.map(NodeCheapAi.fromEnvironment, (options) =>
  NodeCheapAi.layer({ ...options, apiKey: Redacted.make("sk_this_key_does_not_exist") })
)

const checks: ReadonlyArray<Check> = [
  {
    expected: "GET /v1/credits answers with the balance",
    documented: true,
    came: Account.credits.pipe(
      Effect.match({
        onFailure: (error) => ({ holds: false, what: error._tag }),
        onSuccess: (credits) => ({ holds: true, what: `${credits} credits` })
      }),
      Effect.provide(NodeCheapAi.layerConfig()),
      Effect.orDie
    )
  },
  {
    expected: "a wrong key is an UnauthorizedError",
    documented: true,
    came: Effect.flatMap(wrongKey, (layer) => Effect.provide(tagOf(Account.credits), layer)).pipe(
      Effect.map((what) => ({ holds: what === "UnauthorizedError", what })),
      Effect.orDie
    )
  },
  {
    expected: "an unknown task id is a NotFoundError",
    documented: false,
    came: tagOf(CheapAi.execute(Task.Get, { taskId: "no-such-task" })).pipe(
      Effect.map((what) => ({ holds: what === "NotFoundError", what })),
      Effect.provide(NodeCheapAi.layerConfig()),
      Effect.orDie
    )
  }
]

const live = Effect.gen(function* () {
  yield* NodeCheapAi.fromEnvironment
  yield* Terminal.print("Free calls against the live service")
  const rows = yield* Effect.forEach(checks, ({ came, ...check }) =>
    Effect.map(came, ({ holds, what }) => ({ ...check, holds, what }))
  )
  yield* Terminal.table(
    rows.map(({ documented, expected, holds, what }) => ({
      cells: [holds ? "held" : "did not hold", expected, documented ? "documented" : "assumed", what],
      paint: holds ? Terminal.green : Terminal.red
    }))
  )
  const broken = rows.filter(({ documented, holds }) => documented && !holds).length
  yield* promise(broken === 0, `${broken} of the documented facts did not hold`)
})

run(live)
