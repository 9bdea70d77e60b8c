/** The proof over as many plans as one has time for: `npm run soak -- --plans 1000000 --seed 1`. */
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import { missing, uncalled } from "./coverage.js"
import { rare } from "./events.js"
import { prove, told } from "./prove.js"

const { values } = parseArgs({
  options: { plans: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } }
})

const natural = (name: keyof typeof values): number => {
  const value = values[name]
  if (!/^\d+$/.test(value)) throw new Error(`--${name} must be a whole number, not ${value}`)
  return Number(value)
}

const plans = natural("plans")
const seed = natural("seed")
const step = 10_000

const secondsSince = (begun: number) => `${((Date.now() - begun) / 1000).toFixed(1)} s`

for (const name of ["payOnce", "standard"] as const) {
  const begun = Date.now()
  const proof = await Effect.runPromise(
    prove(
      { policy: name, judge: name },
      {
        plans,
        seed,
        onPlan: (done) => {
          if (done % step === 0)
            console.log(`${name}: ${done} plans in ${secondsSince(begun)}, next seed ${seed + done}`)
        }
      }
    )
  )
  console.log(`${name}: ${proof.plans} plans in ${secondsSince(begun)}, ${proof.excess} charges beyond one a call`)
  for (const strike of missing(proof.covered)) console.log(`  met no request: ${strike}`)
  for (const route of uncalled(proof.routes)) console.log(`  not called: ${route}`)
  for (const event of rare(proof.events, 1)) console.log(`  did not happen: ${event}`)
  if (proof.failure !== undefined) {
    console.error(told(proof.failure))
    process.exitCode = 1
  }
}
