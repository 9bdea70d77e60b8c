/** The same program over the same plan, in memory and over sockets: the same is decided, and comes out. */
import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, DownloadError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Simulated from "@effect-cheapai/testing/Simulated"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Receiver from "../../simulator/test/receiver.js"
import * as SocketsInVirtualTime from "./socketsInVirtualTime.js"

/** Whether the tasks of a seed take time, and so many polls. Then no webhook is asked for: nobody could say when it comes. */
const isTimed = (seed: number): boolean => seed % 4 === 0

/** How long to wait is said by a date of the service's clock, which has whole seconds and is compared with another one. */
const isDated = (fault = ""): boolean => /^retry-after-(date|rfc850|asctime)/.test(fault)

const planOf = (seed: number): Faults.Plan =>
  Faults.plan(
    seed,
    isTimed(seed) ? { rate: 0.4, faults: Faults.names.filter((name) => !isDated(name)) } : { rate: 0.4 }
  )

const account = (seed: number): Simulator.Options => ({
  faults: planOf(seed),
  taskDuration: isTimed(seed) ? "20 seconds" : 0,
  dripPause: 2
})

/** How a call ended. */
const ended = (result: Either.Either<unknown, CallError | TaskError | DownloadError>) =>
  Either.match(result, {
    onRight: () => "success",
    onLeft: (error) => {
      const { _tag } = error
      if (_tag === "DownloadError") return { _tag, reason: error.reason, status: error.status }
      const outcome = "outcome" in error ? error.outcome : undefined
      return { _tag, outcome, stopped: "stopped" in error ? error.stopped : undefined }
    }
  })

/** Each attempt, with why and how long the call had waited, and the transport's name for a failure. */
const told = (attempts: ReadonlyArray<Attempt>, arrivals: ReadonlyArray<Simulator.Arrival>) => {
  // The last poll may be interrupted: then it has arrived, and was no attempt.
  const calls = arrivals.filter(({ phase }) => phase !== "file").slice(0, attempts.length)
  expect(attempts.map(({ route }) => route)).toEqual(calls.map(({ route }) => route))
  return attempts.map(({ code, number, outcome, result, route, status, waited, waitedFor }, index) => ({
    ...{ code, number, outcome, result, route, status, waitedFor },
    waited: isDated(calls[index - 1]?.fault) ? "by a date" : Duration.toMillis(waited)
  }))
}

/** A read, three submits that ask for webhooks, and of the first task that came of them the end and the file. */
const program = (seed: number, receiver: string) =>
  Effect.gen(function* () {
    const hook = isTimed(seed) ? {} : { receiveUrl: `${receiver}/${seed}` }
    const submit = Effect.either(TextToSpeech.voice({ text: "rain", voiceId: "anna", ...hook }))
    const read = yield* Effect.either(Account.credits)
    const submits = yield* Effect.all([submit, submit, submit])
    const ends = [read, ...submits].map(ended)
    const task = submits.find(Either.isRight)
    if (task === undefined) return ends
    const awaited = yield* Effect.either(Task.await(task.right, { timeout: "3 minutes" }))
    if (Either.isLeft(awaited)) return [...ends, ended(awaited)]
    const file = yield* Effect.either(Stream.runDrain(Download.stream(awaited.right.audioUrl)))
    return [...ends, ended(awaited), ended(file)]
  })

/** How the program went, what was asked, what struck it and its webhook, what was answered and what was booked. */
const observed = (seed: number, receiver: string, simulator: Pick<Simulator.Simulator, "ledger" | "requests">) =>
  Effect.gen(function* () {
    const attempts: Array<Attempt> = []
    const ends = yield* program(seed, receiver).pipe(
      CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt)))
    )
    const ledger = yield* simulator.ledger
    const arrivals = yield* simulator.requests
    expect(Ledger.violations(ledger, arrivals)).toEqual([])
    return {
      ends,
      attempts: told(attempts, arrivals),
      requests: arrivals.map(({ fault = "none", phase, status = "no reply", webhookFault = "none" }) =>
        [phase, fault, status, webhookFault].join(", ")
      ),
      ledger: ledger.entries.map(({ credits, kind, request }) => `${kind} ${credits} by request ${request}`)
    }
  })

/** What a webhook tells, true or forged. */
const noticeOf = (body: string): string => {
  const { credit_cost, id, status } = JSON.parse(body)
  return `${id} ${status}, ${credit_cost} credits`
}

/** A late one comes when a test over real sockets is over. */
const isLate = ({ at, body }: Simulator.Delivery): boolean => at > Date.parse(JSON.parse(body).created_at)

const startAt = "2026-01-01T00:00:00Z"

const inMemory = (seed: number, receiver: string) =>
  Effect.gen(function* () {
    const { deliveries, ...simulator } = yield* Simulated.Simulator
    const notices: Array<string> = []
    yield* Effect.forkScoped(
      Stream.runForEach(deliveries, (delivery) =>
        Effect.sync(() => isLate(delivery) || notices.push(noticeOf(delivery.body)))
      )
    )
    return { ...(yield* observed(seed, receiver, simulator)), notices: notices.sort() }
  }).pipe(
    Effect.scoped,
    Effect.provide(Simulated.layer({ simulator: account(seed) })),
    Effect.provide(Layer.setRandom(Random.make(seed))),
    Effect.provide(VirtualTime.layer({ startAt }))
  )

const noticesAt = ({ received }: Receiver.Receiver, at: string): ReadonlyArray<string> =>
  received.flatMap(({ body, path }) => (path === at ? [noticeOf(body)] : [])).sort()

const clients = ["fetch", "undici"] as const

type Client = (typeof clients)[number]

/** The server closes only when it has posted as many webhooks as it should. */
const overSockets = (client: Client, receiver: Receiver.Receiver) => (seed: number, expected: number) =>
  Effect.gen(function* () {
    const path = `/${client}/${seed}`
    const server = isTimed(seed)
      ? yield* SocketsInVirtualTime.server(account(seed))
      : yield* VirtualTime.live(SimulatorServer.make(account(seed)))
    const seen = yield* observed(seed, `${receiver.url}/${client}`, server.simulator).pipe(
      Effect.provide(SocketsInVirtualTime.layer(server, client)),
      Effect.provide(Layer.setRandom(Random.make(seed)))
    )
    yield* Effect.sync(() => noticesAt(receiver, path).length >= expected).pipe(
      Effect.repeat({ until: (all) => all, schedule: Schedule.spaced("10 millis") }),
      Effect.timeoutOption("5 seconds"),
      VirtualTime.live
    )
    return { ...seen, notices: noticesAt(receiver, path) }
  }).pipe(Effect.scoped, Effect.provide(VirtualTime.layer({ startAt })))

/** fetch has no names for failures. */
const asFarAsKnown = (client: Client, run: { readonly attempts: ReadonlyArray<object> } | undefined) =>
  client === "undici" ? run : { ...run, attempts: run?.attempts.map((attempt) => ({ ...attempt, code: undefined })) }

const seeds = Array.from({ length: 200 }, (_, index) => index + 1)

describe("the memory face and the socket face", { timeout: 300_000 }, () => {
  it.scopedLive("agree on 200 plans, over fetch and over undici", () =>
    Effect.gen(function* () {
      const receiver = yield* Receiver.make(() => ({ status: 204 }))
      const memory = yield* Effect.forEach(seeds, (seed) => inMemory(seed, receiver.url))
      for (const client of clients) {
        const run = overSockets(client, receiver)
        const sockets = yield* Effect.forEach(memory, ({ notices }, index) => run(index + 1, notices.length), {
          concurrency: 8
        })
        seeds.forEach((seed, index) => {
          const where = `${client}, seed ${seed}: ${Faults.toScript(planOf(seed))}`
          expect(asFarAsKnown(client, sockets[index]), where).toEqual(asFarAsKnown(client, memory[index]))
        })
      }
      // The plans did something: calls ended in many ways, after many faults on each phase.
      const ways = memory.flatMap(({ ends }) => ends.map((end) => (typeof end === "string" ? end : end._tag)))
      expect(new Set(ways).size).toBeGreaterThan(12)
      const attempts = memory.flatMap((run) => run.attempts)
      expect(attempts.filter(({ waitedFor }) => waitedFor === "backoff").length).toBeGreaterThan(50)
      expect(
        attempts.filter(({ waited, waitedFor }) => waitedFor === "retry-after" && waited !== "by a date").length
      ).toBeGreaterThan(3)
      expect(new Set(attempts.map(({ code }) => code))).toEqual(
        new Set([undefined, "closed", "reset", "body", "protocol"])
      )
      const polls = memory.map(({ requests }) => requests.filter((one) => one.startsWith("poll")).length)
      expect(polls.filter((count) => count > 4).length).toBeGreaterThan(30)
      const met = memory.flatMap(({ requests }) => requests)
      expect(new Set(met).size).toBeGreaterThan(120)
      for (const phase of ["submit", "poll", "file", "read"]) {
        expect(met.filter((one) => one.startsWith(phase) && !one.includes(", none, ")).length).toBeGreaterThan(20)
      }
      expect(new Set(met.map((one) => one.split(", ").at(-1))).size).toBe(5)
    })
  )
})
