/** The calls that the cases make. */
import * as Account from "@effect-cheapai/core/Account"
import type * as CheapAiConfig from "@effect-cheapai/core/CheapAiConfig"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** A read: `safe`. */
export const read = Account.credits

/** A billed submit: `once`. */
export const submit = Music.generate({ model: "music-2.5", idea: "rain on a tin roof", instrumental: true })

/** A submit and its polls. */
export const task = Effect.flatMap(submit, (submitted) => Task.await(submitted))

/** A task and the file that is its result. */
export const file = Effect.flatMap(task, ({ tracks }) => Stream.runDrain(Download.stream(tracks[0].audioUrl)))

export const sound = new Uint8Array(300_000).fill(65)

/** A billed submit with a file. */
export const upload = (from: Upload.Upload) => SpeechToText.transcribe({ file: from })

export const uploadOfBytes = upload(Upload.fromBytes(sound, { name: "talk.mp3", type: "audio/mpeg" }))

/** In milliseconds of the hurried clock: a reply comes sooner on any machine. */
export const soon: CheapAiConfig.Timeouts = { attempt: "3 seconds" }
