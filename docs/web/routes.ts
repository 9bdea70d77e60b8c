/** What the page can ask for: one table, read by the page and by the proxy, which lets nothing else through. */
import type * as CheapAi from "@effect-cheapai/core/CheapAi"
import type { CallError, TaskError } from "@effect-cheapai/core/CheapAiError"
import * as Image from "@effect-cheapai/core/Image"
import * as Music from "@effect-cheapai/core/Music"
import type * as Route from "@effect-cheapai/core/Route"
import * as SoundEffect from "@effect-cheapai/core/SoundEffect"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface File {
  readonly url: URL
  readonly type?: string | undefined
}

export interface Finished {
  readonly _tag: "Finished"
  readonly file: File
  readonly creditCost: number | undefined
}

/** A task that was paid for, and what becomes of it. */
export interface Job {
  readonly id: string
  readonly changes: Stream.Stream<Task.Running | Finished, CallError | TaskError, CheapAi.CheapAi>
}

export interface Choice {
  readonly id: string
  readonly label: string
  readonly example: string
  /** What the result is. */
  readonly medium: "audio" | "image"
  readonly route: Route.Any
  readonly submit: (prompt: string) => Effect.Effect<Job, CallError, CheapAi.CheapAi>
}

const choice = <I, A>({
  fileOf,
  inputOf,
  route,
  ...words
}: Pick<Choice, "id" | "label" | "example" | "medium"> & {
  readonly route: Route.TaskRoute<I, A>
  readonly inputOf: (prompt: string) => I
  readonly fileOf: (result: Task.Result<A>) => File
}): Choice => {
  const changeOf = (change: Task.Running | Task.Done<A>): Task.Running | Finished =>
    change._tag === "Running"
      ? change
      : { _tag: "Finished", file: fileOf(change.result), creditCost: change.result.creditCost }
  return {
    ...words,
    route,
    submit: (prompt) =>
      Effect.map(Task.submit(route, inputOf(prompt)), (task) => ({
        id: task.id,
        changes: Stream.map(Task.changes(task), changeOf)
      }))
  }
}

export const choices: ReadonlyArray<Choice> = [
  choice({
    id: "music",
    label: "Music",
    example: "a slow piano piece about rain",
    medium: "audio",
    route: Music.Generate,
    inputOf: (idea) => ({ model: "music-2.5", idea, instrumental: true }),
    fileOf: ({ tracks }) => ({ url: tracks[0].audioUrl })
  }),
  choice({
    id: "sound-effect",
    label: "Sound effect",
    example: "a door that creaks in the wind",
    medium: "audio",
    route: SoundEffect.Generate,
    inputOf: (text) => ({ text, durationSeconds: 2 }),
    fileOf: ({ audioUrl }) => ({ url: audioUrl })
  }),
  choice({
    id: "speech",
    label: "Speech",
    example: "The train to the coast leaves at nine.",
    medium: "audio",
    route: TextToSpeech.Voice,
    inputOf: (text) => ({ voiceId: "21m00Tcm4TlvDq8ikWAM", text }),
    fileOf: ({ audioUrl }) => ({ url: audioUrl })
  }),
  choice({
    id: "image",
    label: "Image",
    example: "a lighthouse at dusk",
    medium: "image",
    route: Image.Generate,
    inputOf: (prompt) => ({ modelId: "nano-banana", prompt }),
    fileOf: ({ images: [{ imageUrl, mimeType }] }) => ({ url: imageUrl, type: mimeType })
  })
]

/** All that the page calls. */
export const allowed: ReadonlyArray<Route.Any> = [...choices.map(({ route }) => route), Task.Get]
