/** An error told to a person: what happened, what it may have cost, what was tried, why it stopped, what to do. */
import * as Duration from "effect/Duration"
import type { Attempt, Outcome, Stopped } from "../Attempt.js"
import type { Replay } from "./errorFields.js"

interface Told {
  readonly _tag: string
  readonly message: string
  readonly remedy: string
  readonly route: string
  readonly replay: Replay
  readonly outcome: Outcome
  readonly attempts: ReadonlyArray<Attempt>
  readonly stopped?: Stopped | undefined
  readonly taskId?: string | undefined
}

const credits = (error: Told): string => {
  if (error.replay === "safe") return "The call was a read, so it cost no credits."
  switch (error.outcome) {
    case "not-sent":
      return "Nothing was sent, so no credits were spent."
    case "rejected":
      return "The service did not take the request on, so no credits were spent."
    case "failed":
      return "The service tried and failed; whether it kept the credits is not documented. Compare the balance."
    case "unknown":
      return "The request may have been carried out and charged. Compare the balance before sending it again."
  }
}

const tried = (attempts: ReadonlyArray<Attempt>): string => {
  if (attempts.length === 0) return ""
  const results = attempts.map((attempt) => attempt.status ?? attempt.code ?? attempt.result).join(", ")
  if (attempts.length === 1) return `The client made 1 request (${results}).`
  const waited = attempts.reduce((total, attempt) => Duration.sum(total, attempt.waited), Duration.zero)
  return `The client made ${attempts.length} requests (${results}) and waited ${Duration.format(waited)} between them.`
}

const why: Record<Stopped, string> = {
  "not-transient": "It stopped because the same request would fail again.",
  "once-unknown": "It stopped because a second request might be carried out and charged a second time.",
  "budget-empty": "It stopped because too many of this client's calls are being retried already.",
  deadline: "It stopped because the next wait would have outlasted the time given to the call.",
  "retry-after-too-long": "It stopped because the service asked for a longer wait than the policy allows.",
  "tries-used": "It stopped because the retry policy allows no further try."
}

export const explain = (error: Told): string =>
  [
    `${error._tag}${error.route === "" ? "" : ` on ${error.route}`}: ${error.message}`,
    credits(error),
    error.taskId === undefined ? "" : `The task is ${error.taskId}; it can be fetched again.`,
    tried(error.attempts),
    error.stopped === undefined ? "" : why[error.stopped],
    error.remedy
  ]
    .filter((sentence) => sentence !== "")
    .join(" ")
