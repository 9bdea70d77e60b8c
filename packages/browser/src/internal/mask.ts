/** Keeps a secret out of what passes: each byte of it becomes a `*`, so lengths stay as they were announced. */
import * as Stream from "effect/Stream"

export interface Mask {
  readonly holdsSecret: (text: string) => boolean
  readonly hide: <E>(bytes: Stream.Stream<Uint8Array, E>) => Stream.Stream<Uint8Array, E>
}

const star = 42

/** As many bytes as there are agree: at the end of `bytes` also the beginning of a needle. */
const isAt = (bytes: Uint8Array, at: number, needle: Uint8Array): boolean =>
  needle.every((byte, index) => at + index >= bytes.length || bytes[at + index] === byte)

/** Overwrites the needles in place; from the returned place on, more bytes are needed to tell. */
const overwrite = (bytes: Uint8Array, needles: ReadonlyArray<Uint8Array>): number => {
  for (let at = 0; at < bytes.length; at++) {
    for (const needle of needles) {
      if (bytes[at] !== needle[0] || !isAt(bytes, at, needle)) continue
      if (at + needle.length > bytes.length) return at
      bytes.fill(star, at, at + needle.length)
    }
  }
  return bytes.length
}

export const join = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** As a reply may quote it: plain, in an address, in JSON. */
const spellings = (secret: string): ReadonlyArray<string> => [
  ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
]

export const make = (secret: string): Mask => {
  const texts = spellings(secret)
  const needles = texts.map((text) => new TextEncoder().encode(text))
  return {
    holdsSecret: (text) => texts.some((spelling) => text.includes(spelling)),
    hide: (bytes) =>
      Stream.suspend(() => {
        let held = new Uint8Array(0)
        const take = (chunk: Uint8Array): Uint8Array => {
          const whole = join([held, chunk])
          const settled = overwrite(whole, needles)
          held = whole.slice(settled)
          return whole.subarray(0, settled)
        }
        return Stream.concat(
          Stream.map(bytes, take),
          Stream.sync(() => held)
        )
      })
  }
}
