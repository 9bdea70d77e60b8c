/** One billed task from the submit to its result, with its progress shown. */
import { type Attempt, CheapAi, Music, Task } from "@effect-cheapai/core"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Terminal from "./terminal.js"

const input: Music.Input = {
  model: "music-2.5",
  title: "Rain on the roof",
  idea: "a slow piano piece about rain",
  instrumental: true
}

const percent = (progress: number | undefined) => (progress === undefined ? "" : `${Math.round(progress)} %  `)

const plainLine = (line: string) => (Terminal.isInteractive ? Effect.void : Terminal.print(`  ${line}`))

const noteOf = (attempt: Attempt.Attempt) => {
  const what = attempt.status ?? attempt.code ?? attempt.result
  return attempt.route === Task.Get.key
    ? `a poll got ${what}: asking again`
    : `the submit got ${what}, ${attempt.outcome}`
}

export const make = Effect.gen(function* () {
  const drawing = yield* Ref.make<Terminal.Drawing>({ fraction: 0, note: "submitting" })
  const tell = (note: string) =>
    Effect.zipRight(
      Ref.update(drawing, (now) => ({ ...now, note })),
      plainLine(note)
    )

  const follow = (task: Task.Task<Music.Songs>) =>
    Task.changes(task).pipe(
      Stream.tap((change) => {
        if (change._tag === "Done") {
          return Effect.zipRight(Ref.set(drawing, { fraction: 1, note: "done" }), plainLine("100 %  done"))
        }
        const { progress, status } = change
        return Effect.zipRight(
          Ref.set(drawing, { fraction: (progress ?? 0) / 100, note: status }),
          plainLine(`${percent(progress)}${status}`)
        )
      }),
      Stream.runLast,
      Effect.flatten,
      Effect.flatMap((last) => (last._tag === "Done" ? Effect.succeed(last.result) : Effect.dieMessage("no result")))
    )

  return yield* Music.generate(input).pipe(
    Effect.tap((task) => tell(`task ${task.id} is submitted and paid for`)),
    Effect.flatMap(follow),
    CheapAi.tapAttempt((attempt) => (attempt.result === "success" ? Effect.void : tell(noteOf(attempt)))),
    Terminal.withBar(Ref.get(drawing))
  )
})
