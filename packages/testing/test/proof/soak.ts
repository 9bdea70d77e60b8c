/** The proof over as many plans as one has time for: `npm run soak -- --plans 1000000 --seed 1`. */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import { prove, told } from "./prove.js"

const { values } = parseArgs({
  options: { plans: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } }
})
const plans = Number(values.plans)
const seed = Number(values.seed)

for (const name of ["payOnce", "standard"] as const) {
  const begun = Date.now()
  const proof = await Effect.runPromise(prove({ policy: name, judge: name }, { plans, seed }))
  const seconds = ((Date.now() - begun) / 1000).toFixed(1)
  console.log(`${name}: ${proof.plans} plans in ${seconds} s, ${proof.excess} charges beyond one a call`)
  if (proof.failure !== undefined) {
    console.error(told(proof.failure))
    process.exitCode = 1
  }
}
