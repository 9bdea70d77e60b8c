/** What tasks leave behind: sounds, transcripts and pictures, small and made only when they are fetched. */
import * as Record from "effect/Record"
import * as Wav from "../Wav.js"
import type * as State from "./state.js"

const encoder = new TextEncoder()

/** How long simulated speech lasts. */
const speechSeconds = 1

/** Almost every result is speech, and all speech sounds alike: its samples are computed once. */
let speechSound: Uint8Array | undefined

const sounding = (seconds: number): Uint8Array => {
  if (seconds !== speechSeconds) return Wav.tone(seconds)
  speechSound ??= Wav.tone(speechSeconds)
  return speechSound.slice()
}

export const sound = (name: string, seconds = speechSeconds): State.File => ({
  name: `${name}.wav`,
  contentType: "audio/wav",
  bytes: () => sounding(seconds)
})

/** One cue; a line break would end it. */
export const subtitles = (name: string, text: string): State.File => ({
  name: `${name}.srt`,
  contentType: "application/x-subrip",
  bytes: () => encoder.encode(`1\n00:00:00,000 --> 00:00:01,000\n${text.replace(/\s+/g, " ")}\n`)
})

export const transcript = (name: string, text: string): State.File => ({
  name: `${name}.json`,
  contentType: "application/json",
  bytes: () => encoder.encode(JSON.stringify({ text, segments: [{ start: 0, end: speechSeconds, text }] }))
})

export const picture = (name: string, hue: number): State.File => ({
  name: `${name}.svg`,
  contentType: "image/svg+xml",
  bytes: () =>
    encoder.encode(
      [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">',
        `<rect width="64" height="64" fill="hsl(${hue} 60% 45%)"/>`,
        '<circle cx="32" cy="32" r="20" fill="none" stroke="white" stroke-width="3"/>',
        '<circle cx="32" cy="32" r="4" fill="white"/>',
        "</svg>"
      ].join("")
    )
})

/** A result that is one file for each field of `metadata`. */
export const ofFiles = (files: Readonly<Record<string, State.File>>): State.Result => ({
  files: Object.values(files),
  fields: (urlOf) => ({ metadata: Record.map(files, ({ name }) => urlOf(name)) })
})

/** The text of speech that no one wrote. */
export const heard = "What the simulator heard."

/** Spoken text, with those transcripts that are asked for. */
export const speech = (
  taskId: string,
  text: string,
  transcripts: ReadonlyArray<"srt_url" | "json_url">
): State.Result => {
  const all = { srt_url: subtitles(taskId, text), json_url: transcript(taskId, text) }
  const chosen = Object.fromEntries(transcripts.map((key) => [key, all[key]]))
  return ofFiles({ audio_url: sound(taskId), ...chosen })
}
