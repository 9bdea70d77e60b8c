/** Every request of the calls inside an effect, as a timeline. */
import { type Attempt, CheapAi, Task } from "@effect-cheapai/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Ref from "effect/Ref"
import * as Terminal from "./terminal.js"

export type Attempts = Ref.Ref<ReadonlyArray<Attempt.Attempt>>

export const record = (attempts: Attempts) =>
  CheapAi.tapAttempt((attempt) => Ref.update(attempts, (all) => [...all, attempt]))

const startOf = (attempt: Attempt.Attempt) => DateTime.toEpochMillis(attempt.startedAt)

/** The wait for a retry is in the record; polls are calls of their own, so theirs is the time since the one before. */
const waitBefore = (attempt: Attempt.Attempt, before: Attempt.Attempt | undefined) => {
  if (attempt.waitedFor !== undefined) {
    return `${Terminal.seconds(Duration.toMillis(attempt.waited))} (${attempt.waitedFor})`
  }
  if (attempt.route !== Task.Get.key || before === undefined) return ""
  return `${Terminal.seconds(startOf(attempt) - startOf(before) - Duration.toMillis(before.took))} (poll)`
}

/** The outcome is told where it matters: of a call that must not happen twice. */
const whatCame = (attempt: Attempt.Attempt) => {
  const outcome = attempt.route === Task.Get.key || attempt.outcome === undefined ? "" : `, ${attempt.outcome}`
  const came = attempt.status ?? attempt.code ?? ""
  return attempt.result === "success" ? String(came) : `${came} ${attempt.result}${outcome}`.trim()
}

export const show = (attempts: ReadonlyArray<Attempt.Attempt>) => {
  const begun = attempts[0] === undefined ? 0 : startOf(attempts[0])
  return Terminal.table([
    { cells: ["offset", "waited before", "request", "what came"], paint: Terminal.dim },
    ...attempts.map((attempt, index) => ({
      cells: [
        Terminal.seconds(startOf(attempt) - begun).padStart(6),
        waitBefore(attempt, attempts[index - 1]),
        attempt.route,
        whatCame(attempt)
      ],
      ...(attempt.result === "success" ? {} : { paint: Terminal.yellow })
    }))
  ])
}
