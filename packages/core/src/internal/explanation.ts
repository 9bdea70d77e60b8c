/** An error told to a person: what happened, what it may have cost, what was tried, why it stopped, what to do. */
import * as Duration from "effect/Duration"
import type { Attempt, Outcome, Stopped } from "../Attempt.js"
import type { Replay } from "./errorFields.js"

interface Told {
  readonly _tag: string
  readonly message: string
  readonly remedy: string
  readonly isTransient: boolean
  readonly route: string
  readonly replay: Replay
  readonly outcome: Outcome
  readonly attempts: ReadonlyArray<Attempt>
  readonly stopped?: Stopped | undefined
  readonly taskId?: string | undefined
  readonly creditCost?: number | undefined
  readonly headersHidden?: boolean | undefined
}

const credits = (error: Told): string => {
  if (error._tag === "TaskFailedError") {
    return error.creditCost === undefined
      ? "Whether the failed task was charged is not known. Compare the balance."
      : `The failed task cost ${error.creditCost} credits.`
  }
  if (error.taskId !== undefined) return `The task ${error.taskId} is paid for; fetching it again costs nothing.`
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

const tried = ({ _tag, attempts }: Told): string => {
  if (attempts.length === 0) return ""
  const results = attempts.map((attempt) => attempt.status ?? attempt.code ?? attempt.result).join(", ")
  if (_tag === "TaskTimeoutError") return `The last poll failed (${results}).`
  const isSent = attempts.every(({ evidence }) => evidence !== "not-started")
  const count = (one: string, many: string) => (attempts.length === 1 ? `1 ${one}` : `${attempts.length} ${many}`)
  const made = isSent ? `made ${count("request", "requests")}` : `tried ${count("time", "times")}`
  if (attempts.length === 1) return `The client ${made} (${results}).`
  const waited = attempts.reduce((total, attempt) => Duration.sum(total, attempt.waited), Duration.zero)
  return `The client ${made} (${results}) and waited ${Duration.format(waited)} between them.`
}

const why: Record<Stopped, string> = {
  "not-transient": "It stopped because the same request would fail again.",
  "once-unknown": "It stopped because a second request might be carried out and charged a second time.",
  "budget-empty": "It stopped because too many of this client's calls are being retried already.",
  "credit-limit": "It stopped because the program's credit limit does not allow a further request.",
  deadline: "It stopped because the time given to the call was over, or too short for the next wait.",
  "retry-after-too-long": "It stopped because the service asked for a longer wait than the policy allows.",
  "stream-used": "It stopped because the file is a stream, which can be read only once.",
  "tries-used": "It stopped because the retry policy allows no further try."
}

const whyOf = ({ _tag, stopped }: Told): string => {
  if (stopped === undefined) return ""
  return _tag === "TaskFailedError" ? "It stopped because the task has ended." : why[stopped]
}

const hidden =
  "Headers of the reply were hidden, so a wait that the service may have asked for is not known;" +
  " a server shows it to a page by naming Retry-After in Access-Control-Expose-Headers."

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

export const explain = (error: Told): string =>
  [
    `${error._tag}${error.route === "" ? "" : ` on ${error.route}`}: ${sentence(error.message)}`,
    credits(error),
    tried(error),
    whyOf(error),
    error.headersHidden === true && error.isTransient ? hidden : "",
    error.remedy
  ]
    .filter((sentence) => sentence !== "")
    .join(" ")
