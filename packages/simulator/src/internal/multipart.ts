/**
 * Bytes of `multipart/form-data` as parts (RFC 7578, written as browsers and undici write it): any bytes become parts
 * or one line that says what is wrong. `multipasta` was looked at: it reads a part whose name it can't parse, such as
 * one beyond Latin-1, as a part without a name.
 */
import * as Either from "effect/Either"

export interface Part {
  readonly name: string
  /** Undefined for a text field. */
  readonly fileName: string | undefined
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()
const lineBreak = encoder.encode("\r\n")
const blankLine = encoder.encode("\r\n\r\n")
const dashes = encoder.encode("--")

const hasAt = (bytes: Uint8Array, at: number, wanted: Uint8Array): boolean =>
  wanted.every((byte, index) => bytes[at + index] === byte)

const indexOf = (bytes: Uint8Array, wanted: Uint8Array, from: number): number => {
  const [firstByte = 0] = wanted
  for (let at = bytes.indexOf(firstByte, from); at >= 0; at = bytes.indexOf(firstByte, at + 1)) {
    if (hasAt(bytes, at, wanted)) return at
  }
  return -1
}

const boundaryOf = (contentType: string): string | undefined => {
  const pattern = /^multipart\/form-data; *boundary=(?:([\w'()+,./:=?-]{1,70})|"([\w'()+,./:=? -]{1,70})")$/i
  const [, token, quoted] = pattern.exec(contentType) ?? []
  return token ?? quoted
}

/** Browsers write these three characters of a name so, and no others. */
const unescaped = (name: string): string => name.replace(/%22/g, '"').replace(/%0D/gi, "\r").replace(/%0A/gi, "\n")

/** Bytes of UTF-8 as text, or undefined. */
export const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const readHeaders = (head: string): Either.Either<ReadonlyMap<string, string>, string> => {
  const headers = new Map<string, string>()
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":")
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (name !== "content-disposition" && name !== "content-type") {
      return Either.left(`body: a part has the header line ${JSON.stringify(line)}`)
    }
    if (headers.has(name)) return Either.left(`body: a part has ${name} more than once`)
    headers.set(name, line.slice(colon + 1).trim())
  }
  return Either.right(headers)
}

const readPart = (section: Uint8Array): Either.Either<Part, string> => {
  const end = indexOf(section, blankLine, 0)
  const head = end < 0 ? undefined : textOf(section.subarray(0, end))
  if (head === undefined) return Either.left("body: a part has no headers in UTF-8")
  return Either.flatMap(readHeaders(head), (headers) => {
    const pattern = /^form-data; *name="([^"\r\n]+)"(?:; *filename="([^"\r\n]*)")?$/i
    const [, name, fileName] = pattern.exec(headers.get("content-disposition") ?? "") ?? []
    if (name === undefined) return Either.left("body: a part has no name")
    return Either.right({
      name: unescaped(name),
      fileName: fileName === undefined ? undefined : unescaped(fileName),
      bytes: section.subarray(end + blankLine.length)
    })
  })
}

/** The parts of a body, in order. Nothing may stand before the first boundary, nor after the last but a line break. */
export const read = (contentType: string, body: Uint8Array): Either.Either<ReadonlyArray<Part>, string> => {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return Either.left("content-type: must be multipart/form-data with a boundary")
  const delimiter = encoder.encode(`\r\n--${boundary}`)
  if (!hasAt(body, 0, delimiter.subarray(2))) return Either.left("body: does not begin with its boundary")
  const parts: Array<Part> = []
  let at = delimiter.length - 2
  while (!hasAt(body, at, dashes)) {
    if (!hasAt(body, at, lineBreak)) return Either.left("body: no line break after a boundary")
    const end = indexOf(body, delimiter, at)
    if (end < 0) return Either.left("body: the last boundary is missing")
    const part = readPart(body.subarray(at + 2, end))
    if (Either.isLeft(part)) return Either.left(part.left)
    parts.push(part.right)
    at = end + delimiter.length
  }
  const rest = body.subarray(at + 2)
  const ends = rest.length === 0 || (rest.length === 2 && hasAt(rest, 0, lineBreak))
  return ends ? Either.right(parts) : Either.left("body: goes on after its last boundary")
}
