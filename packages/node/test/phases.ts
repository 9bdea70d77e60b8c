/** The phases of a call, each at a server that keeps calls in it. */
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { connect } from "node:net"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Download from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Phase } from "./abortedCalls.js"
import * as BehindProxy from "./behindProxy.js"
import * as Client from "./client.js"
import * as Counter from "./counter.js"
import { half, head, lengthOf, refusal, reply, sends, success } from "./faultReplies.js"
import * as FaultServer from "./faultServer.js"
import * as Program from "./program.js"
import * as RawServer from "./rawServer.js"

type Call = Phase["call"]
type Made = Effect.Effect<Phase, never, Scope.Scope>

const of = (fault: FaultServer.Fault, call: Call): Made =>
  Effect.map(FaultServer.make(fault), ({ answered, url }) => {
    const seenAt = fault.early === true ? "client" : "server"
    return { url, call, reached: answered, seenAt }
  })

/** Of a file that is never found. */
export const inputCheck = (call: (file: Upload.Upload) => Call): Made =>
  Effect.map(FaultServer.make(sends("wait")), ({ url }) => {
    const { add, reached } = Counter.make()
    const look = Effect.zipRight(Effect.sync(add), Effect.never)
    return { url, call: call(Upload.make({ name: "sound.wav", look })), reached, seenAt: "server" }
  })

/** With a server whose queue of connections is full. */
export const connecting = (call: Call): Made =>
  Effect.gen(function* () {
    const port = Number(yield* Program.firstLine(yield* Program.start("acceptsNothing.ts", [])))
    yield* Effect.acquireRelease(
      Effect.sync(() => Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}))),
      (sockets) =>
        Effect.sync(() => {
          for (const socket of sockets) socket.destroy()
        })
    )
    const { add, reached } = Counter.make()
    const channel = "undici:client:beforeConnect"
    yield* Effect.acquireRelease(
      Effect.sync(() => subscribe(channel, add)),
      () => Effect.sync(() => unsubscribe(channel, add))
    )
    return { url: `http://127.0.0.1:${port}`, call, reached, seenAt: "client" }
  })

/** Beside reads of which one keeps the only place. */
export const inLine = (call: Call): Made =>
  Effect.map(FaultServer.make(sends("wait")), ({ url }) => {
    const { add, reached } = Counter.make()
    const behind = Effect.all([Client.credits, Effect.zipRight(Effect.sync(add), call)], { concurrency: 2 })
    return { url, call: behind, reached, seenAt: "server", options: { limiter: { inFlight: 1 } } }
  })

/** Through a proxy that never answers. */
export const tunnel = (call: Call): Made =>
  Effect.gen(function* () {
    const { add, reached } = Counter.make()
    const url = `http://127.0.0.1:${yield* RawServer.make((socket) => socket.once("data", add))}`
    return { url, call, reached, seenAt: "server", options: { baseUrl: BehindProxy.baseUrl, proxy: { url } } }
  })

/** With a server that never says its part of the handshake. */
export const handshake = (call: Call): Made =>
  Effect.gen(function* () {
    const { add, reached } = Counter.make()
    const port = yield* RawServer.make((socket) => socket.once("data", add))
    return { url: `https://127.0.0.1:${port}`, call, reached, seenAt: "server" }
  })

/** To a server that reads no more than the head. */
export const sending = (call: Call): Made => of({ ...sends("wait"), early: true }, call)

export const waiting = (call: Call): Made => of(sends("wait"), call)

export const reading = (call: Call): Made => of(sends("wait", head("200 OK", lengthOf(success)), half(success)), call)

const tapped = (fault: FaultServer.Fault, call: Call): Made =>
  Effect.map(FaultServer.make(fault), ({ url }) => {
    const { add, reached } = Counter.make()
    return { url, call: CheapAi.tapAttempt(() => Effect.sync(add))(call), reached, seenAt: "server" }
  })

export const backOff = (call: Call): Made =>
  tapped(
    sends("wait", refusal("503 x")),
    call.pipe(CheapAi.withRetryPolicy(Schedule.spaced("1 hour")), CheapAi.withTimeouts({ total: "2 hours" }))
  )

export const betweenPolls: Made = tapped(
  sends("wait", reply("200 OK", '{"id":"task_1","status":"doing"}')),
  Task.await(Task.fromId(Music.Generate, "task_1"))
)

export const downloading: Made = Effect.gen(function* () {
  const { add, reached } = Counter.make()
  const file = sends("wait", head("200 OK", "content-length: 2000000"), "x".repeat(100_000))
  const { url } = yield* FaultServer.make(file)
  const call = Effect.suspend(() => {
    let begun = false
    const note = Effect.sync(() => {
      if (!begun) add()
      begun = true
    })
    return Stream.runDrain(Download.stream(new URL(url), { onProgress: () => note }))
  })
  return { url, call, reached, seenAt: "server" }
})
