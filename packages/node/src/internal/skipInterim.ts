/**
 * Replies of 1xx that come before the real one. A client must be able to read them although it did not ask
 * (RFC 9110, 15.2), but undici 7.30 ends the connection at a 100: they are taken out before undici sees them.
 */
import type { Socket } from "node:net"

const start = "HTTP/1.1 1"
/** A 101 is none of them: after it the connection speaks another protocol. */
const interim = /^HTTP\/1\.1 1(?!01)\d\d[ \r]/
const decisive = start.length + 3
const headEnd = "\r\n\r\n"
/** What undici takes for a head at most. */
const longestHead = 16 * 1024

const beginningOf = (bytes: Buffer): string => bytes.toString("latin1", 0, decisive)

const isInterim = (bytes: Buffer): boolean => interim.test(beginningOf(bytes))

const withoutInterim = (bytes: Buffer): Buffer => {
  let rest = bytes
  for (let end = 0; end !== -1 && isInterim(rest); ) {
    end = rest.indexOf(headEnd)
    if (end !== -1) rest = rest.subarray(end + headEnd.length)
  }
  return rest
}

/** Whether more bytes are needed to tell. */
const isUndecided = (bytes: Buffer): boolean =>
  bytes.length < decisive ? start.startsWith(beginningOf(bytes).slice(0, start.length)) : isInterim(bytes)

/** Of a connection's first reply: a submit has no other, and a read that fails on a later one is sent again on a new one. */
export const skipInterim = (socket: Socket): void => {
  const { push } = socket
  let held: Buffer = Buffer.alloc(0)
  socket.push = (chunk: Buffer | null) => {
    if (chunk !== null) {
      held = withoutInterim(Buffer.concat([held, chunk]))
      if (held.length < longestHead && isUndecided(held)) return true
    }
    socket.push = push
    const wantsMore = held.length === 0 || socket.push(held)
    return chunk === null ? socket.push(null) : wantsMore
  }
}
