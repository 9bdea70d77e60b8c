/** The bytes of replies, right and wrong. Every head, and every refusal, quotes what a caller sent. */
import type { End, Fault } from "./faultServer.js"

/** Planted: a reply may quote them, an error may not. */
export const key = "sk_planted_0123456789abcdef"
export const prompt = "a planted prompt about rain on a tin roof"

/** That of a read and that of a submit in one. */
export const success = '{"success":true,"task_id":"task_1","credits":7}'
export const failure = JSON.stringify({ success: false, error: `It broke at ${prompt} with ${key}` })

export const head = (status: string, ...headers: ReadonlyArray<string>): string =>
  `HTTP/1.1 ${status}\r\n${[`x-quoted: ${prompt} ${key}`, ...headers].join("\r\n")}\r\n\r\n`

export const lengthOf = (body: string | Uint8Array): string => `content-length: ${Buffer.byteLength(body)}`

export const reply = (status: string, body: string): string => head(status, lengthOf(body)) + body
export const taken = reply("200 OK", success)
export const refusal = (status: string): string => reply(status, failure)

export const half = (text: string): string => text.slice(0, text.length / 2)
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

export const sends = (end: End, ...pieces: ReadonlyArray<string | Uint8Array>): Fault => ({ pieces, end })

/** The first pieces, then the last one for ever. */
export const pours = (piece: string, ...first: ReadonlyArray<string>): Fault => ({
  pieces: {
    *[Symbol.iterator]() {
      yield* first
      while (true) yield piece
    }
  },
  end: "wait"
})

export const compressed = (status: string, encoding: string, body: Uint8Array): Fault =>
  sends("wait", head(status, `content-encoding: ${encoding}`, lengthOf(body)), body)
