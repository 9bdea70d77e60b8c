/** Everything that the code can tell of a failure is seen in a row, or is named here with what shows it in place of a row. */
import { isDeepStrictEqual } from "node:util"
import * as Attempt from "@effect-cheapai/core/Attempt"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Arr from "effect/Array"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import type { Observation } from "../src/Case.js"
import * as Conformance from "../src/Conformance.js"

const isSeen = (wanted: Partial<Observation>): boolean =>
  Conformance.cases.some(({ expected }) => {
    const seen = Object.entries(expected)
    return Object.entries(wanted).every(([key, value]) => seen.some(([name, is]) => name === key && is === value))
  })

const causes = {
  UnauthorizedError: CheapAiError.UnauthorizedError.fields.reason.literals,
  RateLimitedError: CheapAiError.RateLimitedError.fields.reason.literals,
  DownloadError: CheapAiError.DownloadError.fields.reason.literals,
  TimeoutError: CheapAiError.TimeoutError.fields.phase.literals,
  TransportError: Attempt.TransportCode.literals
}

const everyCause = Object.entries(causes).flatMap(([result, literals]) =>
  literals.map((cause): Partial<Observation> => ({ result, cause }))
)

/** What no simulator on a port can bring about, and where it is tested. */
const elsewhere: ReadonlyArray<Partial<Observation>> = [
  // It needs an address that swallows packets, and no machine has one for certain: NodeTransport.notSent.test.ts of node.
  { result: "TransportError", cause: "connect-timeout" },
  // Only a page knows that it is offline: real/onlyBrowsers.test.ts of browser.
  { result: "TransportError", cause: "offline" },
  // What has a name on Node has none over fetch: the limit of the rows of all other names.
  { result: "TransportError", cause: "unknown" },
  // A stack that checks the length itself ends the stream first: Download.test.ts of core.
  { result: "DownloadError", cause: "length" }
]

const numbers = Arr.range(300, 599)
const isTransient = (status: number) => new CheapAiError.UnexpectedStatusError({ message: "", status }).isTransient
const hasClass = (status: number) =>
  CheapAiError.fromStatus({
    status,
    message: "",
    text: "",
    route: "GET /",
    replay: "safe",
    source: "service",
    body: Redacted.make("")
  })._tag !== "UnexpectedStatusError"

describe("a row shows", () => {
  it.each(Object.keys(CheapAiError.catalogue))("the error %s", (result) => {
    expect(isSeen({ result })).toBe(true)
  })

  it.each(everyCause)("$result for the cause $cause, or a test elsewhere does", (wanted) => {
    expect(isSeen(wanted)).toBe(!elsewhere.some((one) => isDeepStrictEqual(one, wanted)))
  })

  it.each(numbers.filter((status) => isTransient(status) || hasClass(status)))("the status %d", (status) => {
    expect(isSeen({ status })).toBe(true)
  })

  it.each(Attempt.Stopped.literals)("why a call stopped: %s", (stopped) => {
    expect(isSeen({ stopped })).toBe(true)
  })

  it.each(Attempt.Outcome.literals)("the outcome %s", (outcome) => {
    expect(isSeen({ outcome })).toBe(true)
  })
})
