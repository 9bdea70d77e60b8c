/** What programs of any language ask of a simulator on a port: its ledger, faults of their own, a fresh start. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Faults from "../Faults.js"
import * as Ledger from "../Ledger.js"
import type { Simulator } from "../Simulator.js"
import * as Wire from "../Wire.js"
import * as Fields from "./fields.js"
import * as JsonBody from "./jsonBody.js"
import { badRequest, refuse } from "./route.js"
import * as Template from "./template.js"

const prefix = "/__simulator/"

/** Whether a request is meant for these and not for the service. */
export const isMeant = ({ target }: Wire.WireRequestHead): boolean => target.startsWith(prefix)

const books = ({ ledger, requests }: Simulator): Effect.Effect<Wire.WireReply> =>
  Effect.map(Effect.all([ledger, requests]), ([all, arrivals]) =>
    Wire.json(200, {
      ...all,
      balance: Ledger.balance(all),
      violations: Ledger.violations(all, arrivals),
      requests: arrivals
    })
  )

const readScript = Fields.read(Faults.Plan)
const readSeed = Fields.read(Faults.Seed)

const readPlan = (body: Uint8Array): Either.Either<Faults.Plan, Wire.WireReply> =>
  JsonBody.parse(body).pipe(
    Either.mapLeft(badRequest),
    Either.flatMap((json) =>
      typeof json === "object" && json !== null && "seed" in json
        ? Either.map(readSeed(json), ({ seed, ...options }) => Faults.plan(seed, options))
        : readScript(json)
    )
  )

const inject = ({ inject }: Simulator, body: Uint8Array): Effect.Effect<Wire.WireReply> =>
  Either.match(readPlan(body), {
    onLeft: Effect.succeed,
    onRight: (plan) => Effect.as(inject(plan), Wire.json(200, { success: true, ...plan }))
  })

const catalogue = Wire.json(200, { cells: Faults.cells })

/** Answers what is meant for these; the service hears nothing of it. */
export const answer = (simulator: Simulator, request: Wire.WireRequest): Effect.Effect<Wire.WireReply> => {
  switch (`${request.method} ${Template.pathOf(request.target).slice(prefix.length)}`) {
    case "GET ledger":
      return books(simulator)
    case "GET faults":
      return Effect.succeed(catalogue)
    case "POST faults":
      return inject(simulator, request.body)
    case "POST reset":
      return Effect.as(simulator.reset, Wire.json(200, { success: true }))
    default:
      return Effect.succeed(refuse(404, "The simulator has GET ledger, GET faults, POST faults and POST reset here"))
  }
}
