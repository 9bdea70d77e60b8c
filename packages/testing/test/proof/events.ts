/** What happens in a run that the properties are about: one that never happens is proved by nothing. */
import { markOf, paid } from "./judge.js"
import type { Observed } from "./run.js"

/** Tasks whose submit never ended for the program: its caller had gone. */
const rescued = (observed: Observed): ReadonlyArray<string> => {
  const ended = new Set(observed.submits.map(({ mark }) => mark))
  return paid(observed)
    .filter(({ request, taskId = "" }) => !ended.has(markOf(observed, request)) && observed.known.has(taskId))
    .map(() =>
      observed.story.keeps ? "a task of a caller who had gone, kept" : "a task of a caller who had gone, logged"
    )
}

export const eventsOf = (observed: Observed): ReadonlyArray<string> => [
  ...observed.submits.flatMap(({ error }) =>
    error === undefined ? ["success"] : [error.outcome, `stopped: ${error.stopped}`]
  ),
  ...observed.submits.flatMap(({ mark }) => (mark.endsWith(".1") ? [] : ["a try of the program's own"])),
  ...observed.submits.flatMap(({ error, mark }) =>
    mark.endsWith(".1") || error !== undefined ? [] : ["a success by the program's own try"]
  ),
  ...rescued(observed)
]

const expected = [
  "success",
  "not-sent",
  "rejected",
  "failed",
  "unknown",
  "stopped: not-transient",
  "stopped: once-unknown",
  "stopped: deadline",
  "stopped: retry-after-too-long",
  "stopped: tries-used",
  "a try of the program's own",
  "a success by the program's own try",
  "a task of a caller who had gone, kept",
  "a task of a caller who had gone, logged"
]

/** What happened less than this many times. */
export const rare = (events: ReadonlyMap<string, number>, times: number): ReadonlyArray<string> =>
  expected.filter((event) => (events.get(event) ?? 0) < times)
