/** What the page under test can do: programs by name, whose ends are told as plain data. */

import * as Account from "@effect-cheapai/core/Account"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as RetryPolicy from "@effect-cheapai/core/RetryPolicy"
import * as Route from "@effect-cheapai/core/Route"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as BrowserDownload from "../../src/BrowserDownload.js"

export interface Options {
  /** Of an upload, in bytes. */
  readonly size?: number
  /** Of a file to fetch. */
  readonly url?: string
  readonly type?: string
}

const submit = Music.generate({ model: "music-2.5", idea: "rain on a tin roof", instrumental: true })

const transcribe = (file: Blob) => SpeechToText.transcribe({ file: Upload.fromBlob(file, { name: "talk.mp3" }) })

const parts = ({ size = 1000 }: Options) => [new Uint8Array(size).fill(7)]

const file = (options: Options) => new File(parts(options), "talk.mp3", { type: "audio/mpeg" })

const id = <A, E, R>(task: Effect.Effect<Task.Task<A>, E, R>) => Effect.map(task, (submitted) => submitted.id)

const watched = (options: Options) =>
  Effect.suspend(() => {
    const seen: Array<Upload.Progress> = []
    const see = (progress: Upload.Progress) => Effect.sync(() => seen.push(progress))
    return Effect.map(CheapAi.onUpload(see)(transcribe(file(options))), (task) => ({ id: task.id, seen }))
  })

/** Interrupting its caller ends it, which a billed request outlives. */
const SafeUpload = Route.make({
  method: "POST",
  path: "/v1/upload",
  encoding: "multipart",
  replay: "safe",
  input: Schema.Struct({ file: Upload.UploadFromSelf }),
  output: Schema.Struct({})
})

const safeUpload = (options: Options) => CheapAi.execute(SafeUpload, { file: Upload.fromBlob(file(options)) })

/** Whether an element can make something of an address: seconds of sound, or pixels across. */
const plays = (url: string) =>
  Effect.async<number>((resume) => {
    const audio = new Audio(url)
    audio.onloadedmetadata = () => resume(Effect.succeed(audio.duration))
    audio.onerror = () => resume(Effect.succeed(0))
  })

const shows = (url: string) =>
  Effect.async<number>((resume) => {
    const image = new Image()
    image.onload = () => resume(Effect.succeed(image.naturalWidth))
    image.onerror = () => resume(Effect.succeed(0))
    image.src = url
  })

const typeAt = (url: string) => Effect.tryPromise(async () => (await (await fetch(url)).blob()).type)

/** What the object URL is good for within its scope, and afterwards. */
const used = <E, R>(toUrl: Effect.Effect<string, E, R | Scope.Scope>, use: (url: string) => Effect.Effect<number>) =>
  Effect.gen(function* () {
    const within = yield* Effect.scoped(
      Effect.gen(function* () {
        const url = yield* toUrl
        return { url, found: yield* use(url), type: yield* typeAt(url) }
      })
    )
    const after = yield* Effect.option(typeAt(within.url))
    return { found: within.found, type: within.type, after: after._tag }
  })

const song = Stream.unwrap(Effect.map(submit, (task) => Download.fromTask(task, ({ tracks }) => tracks[0].audioUrl)))

const bytes = ({ url = "" }: Options) => Download.stream(new URL(url))

export const programs = {
  credits: () => Account.credits,
  submit: () => id(submit),
  finish: () => Effect.flatMap(submit, Task.await),
  uploadBlob: (options: Options) => id(transcribe(new Blob(parts(options), { type: "audio/mpeg" }))),
  uploadFile: (options: Options) => id(transcribe(file(options))),
  watchedUpload: watched,
  safeUpload,
  watchedSafeUpload: (options: Options) => CheapAi.onUpload(() => Effect.void)(safeUpload(options)),
  playSong: ({ type }: Options) => used(BrowserDownload.toObjectUrl(song, { type }), plays),
  showImage: (options: Options) => used(BrowserDownload.toObjectUrl(bytes(options)), shows),
  heldFile: (options: Options) => Effect.scoped(BrowserDownload.toObjectUrl(bytes(options)))
}

export type Name = keyof typeof programs

/** Short waits, so that a test does not take long; what is sent again is what `RetryPolicy.standard` sends again. */
export const soon = (tries: number): RetryPolicy.RetryPolicy =>
  Schedule.spaced("50 millis").pipe(
    Schedule.intersect(Schedule.recurs(tries - 1)),
    Schedule.whileInput(CheapAiError.isTransient),
    RetryPolicy.honourRetryAfter({ atMost: "10 seconds" })
  )
