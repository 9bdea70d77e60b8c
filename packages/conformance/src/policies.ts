/** §3: what is sent again, when, and what is not, under each policy and under policies of one's own. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceClone from "@effect-cheapai/core/VoiceClone"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { Case, Observation } from "./Case.js"
import * as programs from "./programs.js"

type Meets = Faults.Name | readonly [Faults.Name, { readonly booked: boolean }]

/** One fault for each request, in turn. */
const inTurn = (on: "read" | "submit", faults: ReadonlyArray<Meets>): Case["faults"] =>
  faults.map((fault, index) =>
    typeof fault === "string" ? Faults.strike(on, index + 1, fault) : Faults.strike(on, index + 1, fault[0], fault[1])
  )

type Row = readonly [string, "read" | "submit", ReadonlyArray<Meets>, Partial<Observation>]

const under =
  (policy: string, retry: RetryPolicy.AnyPolicy) =>
  ([what, on, faults, expected]: Row): Case => ({
    name: `policies: ${policy}, a ${on}: ${what}`,
    faults: inTurn(on, faults),
    program: on === "read" ? programs.read : programs.submit,
    options: { retry, timeouts: programs.soon },
    expected
  })

const lost: Meets = ["reset", { booked: true }]

/** Full jitter at its tenth: 100 and 200 ms. */
const standard: ReadonlyArray<Row> = [
  [
    "429 twice",
    "read",
    ["status-429-error", "status-429-error"],
    { result: "success", waits: [100, 200], requests: 3 }
  ],
  [
    "503 three times",
    "read",
    ["status-503-error", "status-503-error", "status-503-error"],
    { result: "ServiceUnavailableError", stopped: "tries-used", waits: [100, 200], requests: 3 }
  ],
  ["two resets", "read", ["reset", "reset"], { result: "success", waits: [100, 200], requests: 3 }],
  ["no reply, once", "read", ["stall"], { result: "success", waits: [100], requests: 2 }],
  ["half a reply, once", "read", ["cut-reset"], { result: "success", waits: [100], requests: 2 }],
  ["400", "read", ["status-400-error"], { stopped: "not-transient", requests: 1 }],
  ["429 and 503", "submit", ["status-429-error", "status-503-error"], { result: "success", requests: 3, charges: 1 }],
  ["a 502 of the service", "submit", ["status-502-error"], { result: "success", requests: 2, charges: 1 }],
  ["a 502 of the service, charged", "submit", ["charged-502"], { result: "success", requests: 2, charges: 2 }],
  ["a lost reply", "submit", [lost], { stopped: "once-unknown", requests: 1, charges: 1 }],
  ["a gateway's 502", "submit", ["page-nginx-502"], { stopped: "once-unknown", requests: 1, charges: 0 }]
]

const payOnce: ReadonlyArray<Row> = [
  ["429 twice", "submit", ["status-429-error", "status-429-error"], { result: "success", requests: 3, charges: 1 }],
  ["a 502 of the service", "read", ["status-502-error"], { result: "success", requests: 2 }],
  ["a 502 of the service, charged", "submit", ["charged-502"], { stopped: "once-unknown", requests: 1, charges: 1 }],
  ["a lost reply", "submit", [lost], { stopped: "once-unknown", requests: 1, charges: 1 }]
]

const documented: ReadonlyArray<Row> = [
  [
    "500 three times",
    "read",
    ["status-500-error", "status-500-error", "status-500-error"],
    { result: "InternalError", stopped: "tries-used", waits: [1000, 2000], requests: 3 }
  ],
  ["a lost reply", "submit", [lost], { result: "success", waits: [1000], requests: 2, charges: 2 }],
  ["a gateway's 502", "submit", ["page-nginx-502"], { result: "success", waits: [1000], requests: 2, charges: 1 }],
  ["Retry-After, not heeded", "read", ["retry-after-seconds"], { result: "success", waits: [1000], requests: 2 }],
  ["504, not of its list", "read", ["status-504-error"], { result: "UnexpectedStatusError", requests: 1 }],
  ["403", "read", ["status-403-error"], { stopped: "not-transient", requests: 1 }]
]

const none: ReadonlyArray<Row> = (["status-429-error", "status-503-error", "reset", "page-nginx-502"] as const).flatMap(
  (fault): ReadonlyArray<Row> => [
    [fault, "read", [fault], { tries: 1, requests: 1 }],
    [fault, "submit", [fault], { tries: 1, requests: 1, charges: 0 }]
  ]
)

const dailyLimit = (policy: string, retry: RetryPolicy.AnyPolicy, requests: number): Case => ({
  name: `policies: ${policy}, a submit: the daily limit`,
  faults: [],
  program: programs.submit,
  options: { retry, apiKey: Redacted.make("sk_test_daily") },
  expected: { result: "RateLimitedError", cause: "daily-limit", requests, charges: 0 }
})

/** The ask of the reply and the back-off's 100 ms together. */
const waits: ReadonlyArray<readonly [Faults.Name, Partial<Observation>]> = [
  ["retry-after-seconds", { waits: [2100], waitedFor: ["retry-after"] }],
  ["retry-after-millis", { waits: [1600], waitedFor: ["retry-after"] }],
  // A date has whole seconds, so the ask of these is not the same each time.
  ["retry-after-date", { waitedFor: ["retry-after"] }],
  ["retry-after-rfc850", { waitedFor: ["retry-after"] }],
  ["retry-after-asctime", { waitedFor: ["retry-after"] }],
  ["retry-after-skewed", { waits: [2100], waitedFor: ["retry-after"] }],
  ["retry-after-behind", { waits: [2100], waitedFor: ["retry-after"] }],
  ["retry-after-twice", { waits: [2600], waitedFor: ["retry-after"] }],
  ["retry-after-503", { waits: [2100], waitedFor: ["retry-after"] }],
  ["retry-after-past", { waits: [100], waitedFor: ["backoff"] }],
  ["retry-after-zero", { waits: [100], waitedFor: ["backoff"] }],
  ["retry-after-negative", { waits: [100], waitedFor: ["backoff"] }],
  ["retry-after-fraction", { waits: [1600], waitedFor: ["retry-after"] }],
  ["retry-after-nonsense", { waits: [100], waitedFor: ["backoff"] }]
]

const heeded = ([fault, expected]: (typeof waits)[number]): Case =>
  under("standard", RetryPolicy.standard)([fault, "read", [fault], { result: "success", requests: 2, ...expected }])

const tooLong: ReadonlyArray<Case> = [
  under(
    "standard",
    RetryPolicy.standard
  )([
    "a Retry-After of a day",
    "read",
    ["retry-after-far"],
    { result: "RateLimitedError", stopped: "retry-after-too-long", retryAfter: 86_400_000, requests: 1 }
  ]),
  {
    name: "policies: standard, a read: a Retry-After longer than the time left",
    faults: inTurn("read", ["retry-after-seconds"]),
    program: programs.read,
    options: { retry: RetryPolicy.standard, timeouts: { total: "2 seconds" } },
    expected: { result: "RateLimitedError", stopped: "deadline", retryAfter: 2000, requests: 1 }
  }
]

const bounded: ReadonlyArray<Case> = [
  {
    name: "policies: standard, a read: 503 twice, with one retry in the budget",
    faults: inTurn("read", ["status-503-error", "status-503-error"]),
    program: programs.read,
    options: { retry: RetryPolicy.standard, retryBudget: { tokens: 1, refillEvery: Duration.infinity } },
    expected: { result: "ServiceUnavailableError", stopped: "budget-empty", waits: [100], requests: 2 }
  },
  {
    name: "policies: standard, a submit: a 502 of the service, and no credits for another",
    faults: inTurn("submit", ["charged-502"]),
    program: CheapAi.withCreditLimit({ credits: 100 })(CheapAi.withExpectedCredits(60)(programs.submit)),
    options: { retry: RetryPolicy.standard },
    expected: { result: "ProcessingError", stopped: "credit-limit", requests: 1, charges: 1 }
  }
]

const eager: RetryPolicy.RetryPolicy = Schedule.spaced("20 millis").pipe(Schedule.intersect(Schedule.recurs(4)))

const own: ReadonlyArray<Row> = [
  ["two lost replies", "read", ["reset", "reset"], { result: "success", waits: [20, 20], requests: 3 }],
  ["a lost reply", "submit", [lost], { stopped: "once-unknown", requests: 1, charges: 1 }],
  ["no reply", "submit", ["stall"], { stopped: "once-unknown", requests: 1, charges: 0 }],
  ["402", "submit", ["status-402-error"], { result: "success", waits: [20], requests: 2, charges: 1 }]
]

const allowed: ReadonlyArray<Row> = [
  ["a lost reply", "submit", [lost], { result: "success", waits: [20], requests: 2, charges: 2 }]
]

const only503 = Schedule.whileInput(eager, CheapAiError.isStatus(503))

const ownWords: ReadonlyArray<Row> = [
  ["503 and then 500", "read", ["status-503-error", "status-500-error"], { result: "InternalError", requests: 2 }]
]

const retryable = <A, R>(call: Effect.Effect<A, CheapAiError.CheapAiError, R>) =>
  Effect.retry(call, { times: 3, while: CheapAiError.isRetryable })

const outside: ReadonlyArray<Case> = [
  {
    name: "policies: Effect.retry while isRetryable, a submit: a lost reply",
    faults: inTurn("submit", [lost]),
    program: retryable(programs.submit),
    expected: { result: "TransportError", requests: 1, charges: 1 }
  },
  {
    name: "policies: Effect.retry while isRetryable, a submit: a 502 of the service, charged",
    faults: inTurn("submit", ["charged-502"]),
    program: retryable(programs.submit),
    expected: { result: "ProcessingError", requests: 1, charges: 1 }
  },
  {
    name: "policies: Effect.retry while isRetryable, a submit: 429 twice",
    faults: inTurn("submit", ["status-429-error", "status-429-error"]),
    program: retryable(programs.submit),
    expected: { result: "success", requests: 3, charges: 1 }
  }
]

const file = { name: "talk.mp3", type: "audio/mpeg" }

const bodies: ReadonlyArray<Case> = [
  {
    name: "policies: standard, an upload of bytes: 429, then sent whole again",
    faults: inTurn("submit", ["status-429-error"]),
    program: programs.uploadOfBytes,
    options: { retry: RetryPolicy.standard },
    expected: { result: "success", tries: 2, requests: 2, charges: 1 }
  },
  {
    name: "policies: standard, an upload of a stream: 429, and no second reading",
    faults: inTurn("submit", ["status-429-error"]),
    program: Effect.suspend(() => programs.upload(Upload.fromStream(Stream.make(programs.sound), file))),
    options: { retry: RetryPolicy.standard },
    expected: { result: "RateLimitedError", stopped: "stream-used", isRetryable: false, requests: 1, charges: 0 }
  },
  {
    name: "policies: standard, a deletion: a lost reply, and 404 when it is sent again",
    faults: [Faults.strike("read", 1, "reset", { booked: true })],
    program: Effect.flatMap(VoiceClone.create({ file: Upload.fromBytes(programs.sound, file) }), VoiceClone.delete),
    options: { retry: RetryPolicy.standard },
    expected: { result: "success", requests: 3 }
  }
]

export const policies: ReadonlyArray<Case> = [
  ...standard.map(under("standard", RetryPolicy.standard)),
  ...payOnce.map(under("payOnce", RetryPolicy.payOnce)),
  ...documented.map(under("documented", RetryPolicy.documented)),
  ...none.map(under("none", RetryPolicy.none)),
  dailyLimit("standard", RetryPolicy.standard, 1),
  dailyLimit("documented", RetryPolicy.documented, 3),
  ...waits.map(heeded),
  ...tooLong,
  ...bounded,
  ...own.map(under("a schedule of one's own", eager)),
  ...allowed.map(under("resendUnknown of one's own", RetryPolicy.resendUnknown(eager))),
  ...ownWords.map(under("a schedule of one's own, for 503 alone", only503)),
  ...outside,
  ...bodies
]
