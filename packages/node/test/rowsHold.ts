/** Whether the rows hold at a face: the one test that all faces share. */
import { expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError } from "@effect-cheapai/core/CheapAiError"
import * as Image from "@effect-cheapai/core/Image"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Client from "./client.js"
import * as RawServer from "./rawServer.js"
import { type Call, type Failure, type Row, rows, type Seen, stopsOf } from "./rows.js"

export interface Face {
  /** Where the rows tell of it, if it is not asked directly. */
  readonly column?: "nginx" | "haproxy"
  /** The origin at which a service is reached; a proxy there waits so many milliseconds for it. */
  readonly before: (service: string, patience: number) => Effect.Effect<string, unknown, Scope.Scope>
  /** The milliseconds that the client itself waits: a proxy must be able to lose its patience first. */
  readonly attempt: (patience: number) => number
}

/** Node's timers may fire a little early. */
const timerSlack = 2

export const untilAfter = (patience: number): number => patience + 20_000

const patience = 30_000

/** For a service that is known to say nothing more. */
const littlePatience = 2000

/** What a policy decides, without its waits: the proxies know no virtual time. */
const atOnce = (schedule: RetryPolicy.RetryPolicy): RetryPolicy.RetryPolicy =>
  Schedule.modifyDelay(schedule, () => "2 millis")

/** In the order of the counts. */
const policies: ReadonlyArray<RetryPolicy.AnyPolicy> = [
  RetryPolicy.none,
  atOnce(RetryPolicy.payOnce),
  atOnce(RetryPolicy.standard),
  RetryPolicy.resendUnknown(atOnce(RetryPolicy.documented.schedule)),
  atOnce(Schedule.recurs(3))
]

interface Made {
  readonly route: string
  readonly phase: Faults.Phase
  readonly run: Effect.Effect<unknown, CallError, CheapAi.CheapAi>
}

const recording = Upload.fromBytes(new Uint8Array(2000), { name: "voice.mp3" })

const submit: Made = { route: Client.submitRoute, phase: "submit", run: Client.submit }

const calls: Readonly<Record<Call, Made>> = {
  submit,
  "incomplete submit": { ...submit, run: Music.generate({ ...Client.song, idea: "" }) },
  clone: { route: VoiceClone.Create.key, phase: "submit", run: VoiceClone.create({ file: recording }) },
  credits: { route: Client.creditsRoute, phase: "read", run: Client.credits },
  price: { route: Image.Price.key, phase: "read", run: Image.price({ modelId: "nano-banana" }) },
  remove: {
    route: VoiceClone.Delete.key,
    phase: "read",
    run: Effect.flatMap(VoiceClone.create({ file: recording }), VoiceClone.delete)
  }
}

const all = 9

const faultOf = ({ call, isCarriedOut: booked = false, meets, times = all }: Row): Fault.Fault | Faults.Plan => {
  const { phase, route } = calls[call]
  if (meets === "no service") return Faults.script()
  if (typeof meets !== "string") return Fault.reply(route, meets, { times, booked })
  const strikes = Array.from({ length: times }, (_, index) => Faults.strike(phase, index + 1, meets, { booked }))
  return Faults.script(...strikes)
}

/** What a row may say of an error, as plain data. */
const factsOf = (error: CallError) => {
  const { _tag, outcome } = error
  const facts = ["status", "code", "reason", "source"].map((name) => [name, Reflect.get(error, name)])
  return { _tag, outcome, ...Object.fromEntries(facts) }
}

/** What a call by one policy shows. */
const shown = (row: Row, policy: RetryPolicy.AnyPolicy, simulator: Simulator.Simulator) =>
  Effect.gen(function* () {
    yield* simulator.reset
    yield* simulator.inject(faultOf(row))
    const { route, run } = calls[row.call]
    const attempts: Array<Attempt> = []
    const result = yield* run.pipe(
      CheapAi.withRetryPolicy(policy),
      CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
      Effect.either
    )
    const ofCall = <A extends { readonly route: string }>(all: ReadonlyArray<A>) =>
      all.filter((one) => one.route === route)
    return {
      error: Either.isLeft(result) ? factsOf(result.left) : undefined,
      stopped: Either.isLeft(result) ? result.left.stopped : undefined,
      requests: ofCall(attempts).length,
      arrived: ofCall(yield* simulator.requests).length,
      charges: ofCall(Ledger.charges(yield* simulator.ledger)).length,
      violations: Ledger.violations(yield* simulator.ledger, yield* simulator.requests)
    }
  })

/** What the row says that a call by the policy of this place shows. */
const expected = (row: Row, { column }: Face, policy: number) => {
  const { isCarriedOut = false, times = Number.POSITIVE_INFINITY } = row
  const seen: Seen = { ...row, ...(column === undefined ? {} : row[column]) }
  const requests = seen.requests[policy] ?? 0
  const arrived = seen.arrived?.[policy] ?? requests
  const error: Failure | undefined = requests > times ? undefined : seen.error
  return {
    error: error === undefined ? undefined : expect.objectContaining(error),
    stopped: error === undefined ? undefined : stopsOf(seen)[policy],
    requests,
    arrived,
    charges: seen.charges?.[policy] ?? (isCarriedOut ? arrived : 0),
    violations: []
  }
}

const nameOf = ({ call, meets, times }: Row): string => {
  const what = typeof meets === "string" ? meets : `a ${meets.head?.status} of its own`
  return `${call}: ${what}${times === undefined ? "" : ", once"}`
}

const within = 60_000

/** With the policy's own wait, which the rows leave out. */
const retryAfterHolds = (face: Face) =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make()
    const baseUrl = yield* face.before(url, patience)
    const { route, run } = calls.submit
    const busy = Wire.json(503, { success: false, error: "Overloaded" }, { "retry-after-ms": "300" })
    yield* simulator.inject(Fault.reply(route, busy, { times: 1 }))
    const attempts: Array<Attempt> = []
    yield* run.pipe(
      CheapAi.withRetryPolicy(RetryPolicy.honourRetryAfter({ atMost: "1 second" })(Schedule.recurs(1))),
      CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt))),
      Effect.provide(Client.layer(baseUrl))
    )
    const [first, second] = attempts
    if (first === undefined || second === undefined) return expect.unreachable()
    expect(second).toMatchObject({ status: 200, waited: Duration.millis(300), waitedFor: "retry-after" })
    const between = DateTime.distance(first.startedAt, second.startedAt)
    expect(between).toBeGreaterThanOrEqual(300 - timerSlack)
  })

/** Declares a test for each row. */
export const hold = (face: Face): void => {
  it.scopedLive("a Retry-After is waited for", () => retryAfterHolds(face), within)

  it.scopedLive.each(rows.map((row) => [nameOf(row), row] as const))(
    "%s",
    ([, row]) =>
      Effect.gen(function* () {
        const { simulator, url } = yield* SimulatorServer.make()
        const service = row.meets === "no service" ? `http://127.0.0.1:${yield* RawServer.closedPort}` : url
        const wait = row.isSilent === true ? littlePatience : patience
        const baseUrl = yield* face.before(service, wait)
        const seen = yield* Effect.forEach(policies, (policy) => shown(row, policy, simulator)).pipe(
          Effect.provide(Client.layer(baseUrl, { timeouts: { attempt: face.attempt(wait) } }))
        )
        expect(seen).toEqual(policies.map((_, policy) => expected(row, face, policy)))
      }),
    within
  )
}
