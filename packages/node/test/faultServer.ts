/** A server of bare connections: it answers each request with the bytes it is told to, then waits, closes or resets. */
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Counter from "./counter.js"
import * as RawServer from "./rawServer.js"

export type End = "wait" | "close" | "reset"

export interface Fault {
  /** Sent as soon as a connection is there. */
  readonly greeting?: string
  /** What answers a request; each piece leaves by itself. May be endless. */
  readonly pieces: Iterable<string | Uint8Array>
  readonly end: End
  /** Whether it answers the head of a request and reads no more of it. */
  readonly early?: boolean
}

export interface FaultServer {
  readonly url: string
  /** Method and target of each request whose head has come. */
  readonly requests: ReadonlyArray<string>
  /** Waits until so many requests have been answered, but for the end. */
  readonly answered: (count: number) => Effect.Effect<void>
}

/** Whether the connection took it. */
const write = (socket: Socket, piece: string | Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    if (!socket.writable) return resolve(false)
    const gone = () => resolve(false)
    socket.once("close", gone).write(piece, (error) => {
      socket.off("close", gone)
      // One turn later, so that the next piece does not join this one.
      setImmediate(() => resolve(error == null))
    })
  })

/** A client's system drops what it has not read yet when an RST arrives. */
const readByClient = 100

const end = (socket: Socket, how: End): void => {
  if (how === "close") socket.destroySoon()
  if (how === "reset") setTimeout(() => socket.resetAndDestroy(), readByClient)
}

const headEnd = "\r\n\r\n"

/** The library's requests always say how long they are. */
const lengthOf = (head: string): number => Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)

interface Listener {
  readonly onHead: (request: string) => void
  readonly onWhole: () => void
}

/** One request after the other. */
const read = (socket: Socket, { onHead, onWhole }: Listener): void => {
  let head = ""
  let bodyLeft: number | undefined
  const begin = (text: string) => {
    head += text
    const at = head.indexOf(headEnd)
    if (at === -1) return
    bodyLeft = lengthOf(head) - (head.length - at - headEnd.length)
    onHead(head.slice(0, head.indexOf(" HTTP/")))
  }
  socket.on("data", (chunk: Buffer) => {
    if (bodyLeft === undefined) begin(chunk.toString("latin1"))
    else bodyLeft -= chunk.length
    if (bodyLeft === undefined || bodyLeft > 0) return
    head = ""
    bodyLeft = undefined
    onWhole()
  })
}

export const make = (fault: Fault): Effect.Effect<FaultServer, never, Scope.Scope> =>
  Effect.suspend(() => {
    const requests: Array<string> = []
    const answered = Counter.make()
    const answer = async (socket: Socket) => {
      for (const piece of fault.pieces) if (!(await write(socket, piece))) return
      answered.add()
      end(socket, fault.end)
    }
    const listening = RawServer.make((socket) => {
      socket.setNoDelay(true)
      if (fault.greeting !== undefined) socket.write(fault.greeting)
      read(socket, {
        onHead: (request) => {
          requests.push(request)
          if (fault.early === true) void answer(socket.pause())
        },
        onWhole: () => {
          if (fault.early !== true) void answer(socket)
        }
      })
    })
    return Effect.map(listening, (port) => ({
      url: `http://127.0.0.1:${port}`,
      requests,
      answered: answered.reached
    }))
  })
