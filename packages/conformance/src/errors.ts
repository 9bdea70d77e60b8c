/** §1: each way to fail becomes its error, with the facts that belong to it. Nothing is sent again here. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Case, Observation } from "./Case.js"
import * as programs from "./programs.js"

const once = { tries: 1, requests: 1 } as const

const onRead = (what: string, fault: Faults.Name, expected: Partial<Observation>): Case => ({
  name: `errors: ${what}`,
  faults: [Faults.strike("read", 1, fault)],
  program: programs.read,
  options: { timeouts: programs.soon },
  expected: { ...once, ...expected }
})

type Status = readonly [Faults.Name, string, boolean, cause?: string]

const statuses: ReadonlyArray<Status> = [
  ["status-400-error", "BadRequestError", false],
  ["status-401-error", "UnauthorizedError", false, "invalid"],
  ["status-402-error", "InsufficientBalanceError", false],
  ["status-403-error", "ForbiddenError", false],
  ["status-404-error", "NotFoundError", false],
  ["status-429-error", "RateLimitedError", true, "pace"],
  ["status-500-error", "InternalError", true],
  ["status-502-error", "ProcessingError", true],
  ["status-503-error", "ServiceUnavailableError", true],
  ["status-408-error", "UnexpectedStatusError", true],
  ["status-409-error", "UnexpectedStatusError", false],
  ["status-413-error", "UnexpectedStatusError", false],
  ["status-422-error", "UnexpectedStatusError", false],
  ["status-501-error", "UnexpectedStatusError", false],
  ["status-425-error", "UnexpectedStatusError", true],
  ["status-504-error", "UnexpectedStatusError", true],
  ["status-520-error", "UnexpectedStatusError", true],
  ["status-521-error", "UnexpectedStatusError", true],
  ["status-522-error", "UnexpectedStatusError", true],
  ["status-523-error", "UnexpectedStatusError", true],
  ["status-524-error", "UnexpectedStatusError", true],
  ["status-529-error", "UnexpectedStatusError", true]
]

const ofStatus = ([fault, result, isTransient, cause]: Status): Case => {
  const status = Number(fault.slice(7, 10))
  return onRead(`status ${status}`, fault, { result, status, isTransient, cause, source: "service" })
}

const words: ReadonlyArray<Case> = [
  onRead("a 401 for want of a key", "key-missing", { result: "UnauthorizedError", cause: "missing" }),
  onRead("a 401 that says nothing", "status-401-empty", { result: "UnauthorizedError", cause: "unknown" }),
  onRead("a 429 that says nothing", "status-429-empty", { result: "RateLimitedError", cause: "unknown" })
]

const bodies = [
  ["error", "service"],
  ["object", "service"],
  ["message", "service"],
  ["mistyped", "service"],
  ["empty", "gateway"],
  ["text", "gateway"],
  ["html", "gateway"],
  ["cut", "gateway"]
] as const

/** A reply may break off or be nonsense: the status has the word. */
const ofBody = ([shape, source]: (typeof bodies)[number]): Case =>
  onRead(`a 502 whose body is of the kind "${shape}"`, `status-502-${shape}`, {
    result: "ProcessingError",
    status: 502,
    source
  })

const unsuccessful = { result: "UnsuccessfulResponseError", status: 200, outcome: "rejected" } as const
const unsuccessfulReplies: ReadonlyArray<Case> = [
  onRead("200 with success: false", "unsuccessful-plain", { ...unsuccessful, isTransient: false }),
  onRead("200 with success: false and a code", "unsuccessful-code", { ...unsuccessful, isTransient: true }),
  onRead("200 with success: false and a status", "unsuccessful-status", { ...unsuccessful, isTransient: true }),
  onRead("200 with success: false for pace", "unsuccessful-pace", { ...unsuccessful, isTransient: true })
]

const broken = (cause: string) => ({ result: "TransportError", cause, isTransient: true }) as const

const connections: ReadonlyArray<Case> = [
  {
    ...onRead("a refused connection", "reset", broken("refused")),
    address: "nobody",
    expected: { ...broken("refused"), tries: 1, requests: 0 }
  },
  {
    ...onRead("no TLS where it is expected", "reset", broken("tls")),
    address: "tls",
    expected: { ...broken("tls"), tries: 1, requests: 0 }
  },
  {
    ...onRead("a host name that does not exist", "reset", broken("dns")),
    address: "nowhere",
    // A resolver may take its time.
    options: {},
    expected: { ...broken("dns"), tries: 1, requests: 0 }
  },
  onRead("bytes that are not HTTP", "garbled", broken("protocol")),
  onRead("a reset before the request was read", "reset-unread", broken("reset")),
  onRead("a reset", "reset", broken("reset")),
  onRead("a close", "close", broken("closed")),
  onRead("half a reply and a close", "cut-close", broken("body")),
  onRead("half a reply and a reset", "cut-reset", broken("body")),
  onRead("a whole reply on a connection that breaks", "length-long", { result: "success" })
]

const late = { result: "TimeoutError", outcome: "unknown" } as const

const timeouts: ReadonlyArray<Case> = [
  onRead("no reply within an attempt's time", "stall", { ...late, cause: "attempt", isTransient: true }),
  onRead("half a reply within an attempt's time", "stall-half", { ...late, cause: "attempt", isTransient: true }),
  {
    ...onRead("no reply within the call's time", "stall", { ...late, cause: "total", isTransient: false }),
    options: { timeouts: { total: "3 seconds" } }
  }
]

const replies: ReadonlyArray<Case> = [
  onRead("a 200 without a body", "body-empty", { result: "InvalidResponseError", status: 200, isTransient: false }),
  onRead("a 200 of half a body", "body-cut", { result: "InvalidResponseError", status: 200, source: "gateway" }),
  onRead("a 200 under another type", "body-mistyped", { result: "success" }),
  { ...onRead("a 200 in small parts", "drip", { result: "success" }), options: {} },
  // What has come of a failed reply is enough: its end is waited for a second, which the time of an attempt outlasts.
  { ...onRead("a 503 whose body does not end", "stall-503", { result: "ServiceUnavailableError" }), options: {} },
  onRead("bytes behind the reply's end", "length-short", { result: "InvalidResponseError", status: 200 })
]

const keys: ReadonlyArray<Case> = [
  {
    name: "errors: an expired key",
    faults: [],
    program: programs.read,
    options: { apiKey: Redacted.make("sk_test_expired") },
    expected: { ...once, result: "UnauthorizedError", cause: "expired", isTransient: false }
  },
  {
    name: "errors: the daily limit",
    faults: [],
    program: programs.submit,
    options: { apiKey: Redacted.make("sk_test_daily") },
    expected: { ...once, result: "RateLimitedError", cause: "daily-limit", isTransient: false, charges: 0 }
  },
  {
    name: "errors: a key that may not use the model",
    faults: [],
    program: programs.submit,
    options: { apiKey: Redacted.make("sk_test_forbidden") },
    expected: { ...once, result: "ForbiddenError", isTransient: false, charges: 0 }
  }
]

const input: Case = {
  name: "errors: an input that no route takes",
  faults: [],
  program: Music.generate({ model: "music-2.5", idea: "rain", n: 0 }),
  expected: { result: "InvalidInputError", outcome: "not-sent", isTransient: false, tries: 0, requests: 0 }
}

const limited: ReadonlyArray<readonly [string, Case["program"]]> = [
  ["that says no price, under a credit limit", programs.submit],
  ["that asks more than a credit limit allows", CheapAi.withExpectedCredits(101)(programs.submit)]
]

const overLimit = limited.map(
  ([what, program]): Case => ({
    name: `errors: a submit ${what}`,
    faults: [],
    program: CheapAi.withCreditLimit({ credits: 100 })(program),
    expected: {
      result: "CreditLimitError",
      outcome: "not-sent",
      stopped: "credit-limit",
      isTransient: false,
      tries: 0,
      requests: 0,
      charges: 0
    }
  })
)

/** A stack that checks the length itself ends the stream first, so `reason: "length"` comes from no socket. */
const fileFaults: ReadonlyArray<readonly [string, Faults.Name, Partial<Observation>]> = [
  ["whose address has expired", "file-expired", { cause: "expired", status: 403, isTransient: true }],
  ["that is answered with 500", "status-500-error", { cause: "status", status: 500, isTransient: true }],
  ["that is answered with 409", "status-409-error", { cause: "status", status: 409, isTransient: false }],
  ["whose connection is reset", "reset", { cause: "transport", isTransient: true }],
  ["that breaks off", "cut-close", { cause: "transport", isTransient: true }],
  ["that is shorter than announced", "length-long", { cause: "transport", isTransient: true }]
]

const files = fileFaults.map(
  ([what, fault, expected]): Case => ({
    name: `errors: a file ${what}`,
    faults: [Faults.strike("file", 1, fault)],
    program: programs.file,
    expected: { result: "DownloadError", requests: 3, charges: 1, ...expected }
  })
)

const tasks: ReadonlyArray<Case> = [
  {
    name: "errors: a task that fails",
    faults: [Faults.strike("submit", 1, "task-fails")],
    program: programs.task,
    expected: { result: "TaskFailedError", outcome: "failed", isTransient: false, requests: 2, charges: 1 }
  },
  {
    name: "errors: a task that is not done in time",
    faults: [Faults.strike("submit", 1, "task-never-ends")],
    // Its last poll may still be under way, and must not arrive in the next row.
    program: Effect.flatMap(programs.submit, (submitted) =>
      Effect.ensuring(Task.await(submitted, { timeout: "2 seconds" }), Effect.sleep("2 seconds"))
    ),
    expected: { result: "TaskTimeoutError", outcome: "unknown", isTransient: false, charges: 1 }
  },
  {
    name: "errors: polls in trouble are not the task's",
    faults: [
      Faults.strike("poll", 1, "reset"),
      Faults.strike("poll", 2, "page-nginx-502"),
      Faults.strike("poll", 3, "poll-busy")
    ],
    program: programs.task,
    expected: { result: "success", requests: 5, charges: 1 }
  }
]

export const errors: ReadonlyArray<Case> = [
  ...statuses.map(ofStatus),
  ...words,
  ...bodies.map(ofBody),
  ...unsuccessfulReplies,
  ...connections,
  ...timeouts,
  ...replies,
  ...keys,
  input,
  ...overLimit,
  ...files,
  ...tasks
]
