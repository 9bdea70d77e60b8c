/** One run: from the prompt to the result that plays, with all that happens on the way shown. */
import * as BrowserDownload from "@effect-cheapai/browser/BrowserDownload"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import type * as Task from "@effect-cheapai/core/Task"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Books from "./books.js"
import * as DemoServer from "./demoServer.js"
import * as ErrorView from "./errorView.js"
import type { Plan } from "./plans.js"
import * as ProgressView from "./progressView.js"
import * as ResultView from "./resultView.js"
import type { Choice, Finished, Job } from "./routes.js"
import * as TimelineView from "./timelineView.js"

export interface Wish {
  readonly prompt: string
  readonly choice: Choice
  readonly plan: Plan
}

const told = (change: Task.Running | Finished): void => {
  if (change._tag === "Finished") {
    ProgressView.tell("The task is done. Fetching its file.", 100)
    return
  }
  const { progress, status } = change
  const percent = progress === undefined ? "" : `, ${Math.round(progress)} %`
  ProgressView.tell(`The task is ${status}${percent}.`, progress)
}

/** A try that failed may be followed by a long wait. */
const tried = (attempt: Attempt): void => {
  TimelineView.add(attempt)
  if (attempt.result !== "success") ProgressView.tell(`${TimelineView.headline(attempt)}. Waiting for what comes next.`)
}

const finish = (job: Job) =>
  job.changes.pipe(
    Stream.tap((change) => Effect.sync(() => told(change))),
    Stream.filter((change) => change._tag === "Finished"),
    Stream.runHead,
    Effect.flatMap(
      Option.match({ onNone: () => Effect.dieMessage("A task ended without a result"), onSome: Effect.succeed })
    )
  )

const clear = (): void => {
  TimelineView.clear()
  ResultView.clear()
  ErrorView.clear()
  ProgressView.tell("Sending the submit.", 0)
  ProgressView.tellBooks("")
  ProgressView.bringIntoView()
}

const play = ({ choice, plan, prompt }: Wish) =>
  Effect.gen(function* () {
    clear()
    yield* DemoServer.choose(plan.id)
    const job = yield* choice.submit(prompt)
    ProgressView.tell(`Task ${job.id} is paid for and waits.`)
    const { creditCost, file } = yield* finish(job)
    const url = yield* BrowserDownload.toObjectUrl(Download.stream(file.url), file)
    ResultView.show({ url, medium: choice.medium, prompt })
    ProgressView.tell(creditCost === undefined ? "Done." : `Done, for ${Books.credits(creditCost)}.`, 100)
  }).pipe(CheapAi.tapAttempt((attempt) => Effect.sync(() => tried(attempt))))

const showFailure = (cause: Cause.Cause<unknown>): void => {
  const error = Cause.squash(cause)
  ProgressView.tell("The run failed.")
  if (CheapAiError.is(error)) ErrorView.show(error)
  else ErrorView.showOther(error instanceof Error ? error.message : String(error))
}

const stopped = "Stopped. A submit that has left is not called back; its task goes on and stays paid for."

const showBooks = Effect.match(DemoServer.books, {
  onFailure: ({ message }) => ProgressView.tellBooks(message),
  onSuccess: (books) => ProgressView.tellBooks(Books.sentence(books))
})

/** Ends when there is nothing more to tell; the result can be played until the scope closes. */
export const run = (wish: Wish) =>
  play(wish).pipe(
    Effect.catchAllCause((cause) =>
      Cause.isInterruptedOnly(cause) ? Effect.interrupt : Effect.sync(() => showFailure(cause))
    ),
    Effect.zipRight(showBooks),
    Effect.onInterrupt(() =>
      Effect.zipRight(
        Effect.sync(() => ProgressView.tell(stopped)),
        Effect.forkDaemon(showBooks)
      )
    )
  )
