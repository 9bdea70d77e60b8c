/** Every request of a run, in the order in which they ended, each with its place in time. */
import type { Attempt, Outcome } from "@effect-cheapai/core/Attempt"
import * as Task from "@effect-cheapai/core/Task"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { byId, element, seconds } from "./dom.js"

const list = byId("attempts", HTMLOListElement)
const empty = byId("no-attempts", HTMLParagraphElement)

const words: Record<Outcome, string> = {
  "not-sent": "Not sent.",
  rejected: "Rejected: not carried out.",
  failed: "The service tried and failed.",
  unknown: "It may have been carried out."
}

const reasons = {
  backoff: "as its back-off says",
  "retry-after": "as Retry-After asked",
  limiter: "for its turn"
} as const

const waitOf = ({ waited, waitedFor }: Attempt): string =>
  waitedFor === undefined ? "" : `Waited ${seconds(Duration.toMillis(waited))} ${reasons[waitedFor]}.`

const nameOf = ({ number, route }: Attempt): string => (route === Task.Get.key ? "Poll" : `Submit, try ${number}`)

/** Of a poll, which is a read, nothing can have been carried out. */
const outcomeOf = ({ outcome, route }: Attempt): string =>
  outcome === undefined || route === Task.Get.key ? "" : words[outcome]

const cameOf = ({ code, result, status }: Attempt): string =>
  [status ?? code, result === "success" ? "OK" : result].filter((part) => part !== undefined).join(" ")

/** Which request it was, and what came of it. */
export const headline = (attempt: Attempt): string => `${nameOf(attempt)}: ${cameOf(attempt)}`

/** When the first request left. */
let begun: number | undefined

const spanOf = ({ startedAt, took, waited }: Attempt) => {
  const at = DateTime.toEpochMillis(startedAt)
  begun ??= at
  const start = at - begun
  return { start, end: start + Duration.toMillis(took), waited: Duration.toMillis(waited) }
}

export const clear = (): void => {
  begun = undefined
  list.replaceChildren()
  empty.hidden = false
}

export const add = (attempt: Attempt): void => {
  const { end, start, waited } = spanOf(attempt)
  const note = [waitOf(attempt), outcomeOf(attempt)].filter((part) => part !== "").join(" ")
  const track = element("div", { className: "track" }, element("span"))
  track.setAttribute("aria-hidden", "true")
  const item = element(
    "li",
    { className: attempt.result === "success" ? "succeeded" : "failed" },
    element("span", { className: "time" }, seconds(start)),
    element("span", { className: "name" }, nameOf(attempt)),
    element("span", { className: "came" }, cameOf(attempt)),
    ...(note === "" ? [] : [element("p", {}, note)]),
    track
  )
  item.style.setProperty("--start", String(start))
  item.style.setProperty("--end", String(end))
  item.style.setProperty("--waited", String(waited))
  list.append(item)
  list.style.setProperty("--total", String(Math.max(end, 1)))
  empty.hidden = true
}
