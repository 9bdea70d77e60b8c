/** The proof over as many plans as one has time for: `npm run soak -- --plans 1000000 --seed 1`. */
import { parseArgs } from "node:util"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Effect from "effect/Effect"
import * as judge from "./judge.js"
import { prove } from "./prove.js"

const { values } = parseArgs({
  options: { plans: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } }
})
const plans = Number(values.plans)
const seed = Number(values.seed)

const properties = {
  payOnce: { policy: RetryPolicy.payOnce, judge: judge.payOnce },
  standard: { policy: RetryPolicy.standard, judge: judge.standard }
}

for (const [name, property] of Object.entries(properties)) {
  const begun = Date.now()
  const proof = await Effect.runPromise(prove(property, { plans, seed }))
  const seconds = ((Date.now() - begun) / 1000).toFixed(1)
  console.log(`${name}: ${proof.plans} plans in ${seconds} s, ${proof.excess} charges beyond one a call`)
  if (proof.failure !== undefined) {
    console.error(proof.failure)
    process.exitCode = 1
  }
}
