/**
 * A short melody and a single note as WAV files, so that a result is something a person can hear.
 *
 * @since 0.1.0
 */

const sampleRate = 22_050
const bytesPerSample = 2
const beatSamples = 6615

interface Note {
  /** Above middle C. */
  readonly semitones: number
  readonly beats: number
}

/** A rising and falling pentatonic line, and a last note held for four beats. */
const notes: ReadonlyArray<Note> = [
  ...[0, 4, 7, 9, 12, 9, 7, 4].map((semitones) => ({ semitones, beats: 1 })),
  { semitones: 0, beats: 4 }
]

/**
 * How long the melody plays, in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export const durationMillis = (1000 * beatSamples * notes.reduce((total, { beats }) => total + beats, 0)) / sampleRate

const header = (dataLength: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(44))
  const ascii = (offset: number, word: string) => {
    for (let index = 0; index < word.length; index++) view.setUint8(offset + index, word.charCodeAt(index))
  }
  ascii(0, "RIFF")
  view.setUint32(4, 36 + dataLength, true)
  ascii(8, "WAVEfmt ")
  view.setUint32(16, 16, true) // length of the format part
  view.setUint16(20, 1, true) // PCM
  view.setUint16(22, 1, true) // mono
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * bytesPerSample, true)
  view.setUint16(32, bytesPerSample, true)
  view.setUint16(34, 8 * bytesPerSample, true)
  ascii(36, "data")
  view.setUint32(40, dataLength, true)
  return new Uint8Array(view.buffer)
}

/** Writes one note: two partials that swell fast, die away slowly and end in silence. */
const play = (view: DataView, start: number, length: number, semitones: number): void => {
  const pitch = 2 * Math.PI * 261.63 * 2 ** (semitones / 12)
  for (let index = 0; index < length; index++) {
    const age = index / sampleRate
    const loudness = 0.5 * Math.min(1, age / 0.01, (length - index) / sampleRate / 0.05) * Math.exp(-2 * age)
    const sample = loudness * (0.8 * Math.sin(pitch * age) + 0.2 * Math.sin(2 * pitch * age))
    view.setInt16((start + index) * bytesPerSample, Math.round(32_767 * sample), true)
  }
}

interface Sound {
  readonly semitones: number
  /** In samples. */
  readonly length: number
}

const encode = (sounds: ReadonlyArray<Sound>): Uint8Array => {
  const dataLength = bytesPerSample * sounds.reduce((total, { length }) => total + length, 0)
  const file = new Uint8Array(44 + dataLength)
  file.set(header(dataLength))
  const view = new DataView(file.buffer, 44)
  let start = 0
  for (const { length, semitones } of sounds) {
    play(view, start, length, semitones)
    start += length
  }
  return file
}

/**
 * The melody as a whole WAV file: PCM, 22.05 kHz, mono, 16 bit. `transpose` is in semitones.
 *
 * @since 0.1.0
 * @category constructors
 */
export const melody = (transpose = 0): Uint8Array =>
  encode(notes.map(({ beats, semitones }) => ({ length: beats * beatSamples, semitones: semitones + transpose })))

/**
 * One note of so many seconds as a WAV file of the same kind, for results that are not music.
 *
 * @since 0.1.0
 * @category constructors
 */
export const tone = (seconds: number): Uint8Array =>
  encode([{ length: Math.round(seconds * sampleRate), semitones: 0 }])
