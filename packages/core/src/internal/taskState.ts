/** What a poll's reply says of its task: running, done or failed. Pure. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { InvalidResponseError, TaskFailedError } from "../CheapAiError.js"
import type { WireSchema } from "../Route.js"
import { issuesOf, sentenceOf } from "./issues.js"
import { scrub } from "./scrub.js"
import type { StoredTask } from "./storedTask.js"
import { factsOf, phaseOf, type TaskReply } from "./taskReply.js"
import { tidy } from "./tidy.js"

export interface Running {
  readonly _tag: "Running"
  readonly taskId: string
  readonly status: string
  readonly progress: number | undefined
}

export type Result<A> = A & { readonly taskId: string; readonly creditCost: number | undefined }

export interface Done<A> {
  readonly _tag: "Done"
  readonly result: Result<A>
}

export interface Subject<A> {
  readonly task: StoredTask
  readonly pollRoute: string
  readonly result: WireSchema<A>
  /** What the task's input said: a reply may quote it. */
  readonly quotable: ReadonlyArray<string>
}

/** What a poll was told for good. */
const final = "not-transient"

/** What every error of a task says of it. */
export const about = <A>({ pollRoute, task }: Subject<A>) => ({
  route: pollRoute,
  replay: "safe" as const,
  taskId: task.id
})

export const read = <A>(
  subject: Subject<A>,
  reply: TaskReply
): Either.Either<Running | Done<A>, TaskFailedError | InvalidResponseError> => {
  const { quotable, result, task } = subject
  const { creditCost, errorMessage, progress, status } = factsOf(reply)
  switch (phaseOf(status)) {
    case "running":
      return Either.right({ _tag: "Running", taskId: task.id, status: tidy(scrub(status, quotable)), progress })
    case "failed": {
      const message = tidy(scrub(errorMessage ?? "The task failed without a message.", quotable))
      return Either.left(new TaskFailedError({ ...about(subject), message, task, creditCost, stopped: final }))
    }
    case "done":
      return Schema.decodeUnknownEither(result, { errors: "all" })(reply).pipe(
        Either.mapLeft((error) => {
          const issues = issuesOf(error)
          const message = tidy(`The task is done, but its result is not as documented. ${sentenceOf(issues)}`)
          return new InvalidResponseError({ ...about(subject), message, issues, task, stopped: final })
        }),
        Either.map((value) => ({ _tag: "Done", result: { ...value, taskId: task.id, creditCost } }))
      )
  }
}

/** Progress that a later reply takes back, or leaves out, is not shown. */
export const monotone = (told: Running | undefined, now: Running): Running => ({
  ...now,
  progress: told?.progress === undefined ? now.progress : Math.max(told.progress, now.progress ?? 0)
})

export const isNews = (told: Running | undefined, now: Running): boolean =>
  now.status !== told?.status || now.progress !== told.progress
