/**
 * The body of a page's request on its way to the service: read as fast as the service takes it, cut when it is too long or
 * stands still. What nobody wants any more is read on for a while, so that the page gets its answer: on Node to stop
 * reading ends the connection.
 */
import * as HttpBody from "@effect/platform/HttpBody"
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { isEmpty, lengthOf, mayHaveBody } from "./announced.js"
import { join } from "./mask.js"
import * as Turn from "./turn.js"

/** Why the service was not handed all of a body. */
export type Cut = "too-large" | "page-late" | "page-gone" | "service-late"

export interface Limits {
  /** In bytes. */
  readonly maxBodySize: number
  /** The longest time without a byte, from the page or to the service. */
  readonly idle: Duration.Duration
}

export interface Intake {
  readonly body: HttpBody.HttpBody
  /** Ends once the service has been handed all of it. */
  readonly handedOver: Effect.Effect<void>
  /** Fails once it has been cut. */
  readonly cut: Effect.Effect<never, Cut>
  readonly isCut: Effect.Effect<boolean>
  /** The service wants no more of it. */
  readonly stop: Effect.Effect<void>
}

const drained = { bytes: 8 * 1024 * 1024, within: "20 seconds" } as const

const nothing: Intake = {
  body: HttpBody.empty,
  handedOver: Effect.void,
  cut: Effect.never,
  isCut: Effect.succeed(false),
  stop: Effect.void
}

/** A body between the page and the service. */
interface Flow {
  readonly bytes: Mailbox.Mailbox<Uint8Array>
  readonly begun: Effect.Latch
  /** The service has been asked to take it. */
  readonly asked: Effect.Latch
  readonly handedOver: Effect.Latch
  readonly unwanted: Effect.Latch
  readonly cut: Deferred.Deferred<never, Cut>
  readonly turn: Turn.Turn
  isWanted: boolean
  /** All of it is here; what becomes of the page is no matter any more. */
  isWhole: boolean
}

const makeFlow = Effect.gen(function* () {
  const flow: Flow = {
    bytes: yield* Mailbox.make<Uint8Array>(1),
    begun: yield* Effect.makeLatch(),
    asked: yield* Effect.makeLatch(),
    handedOver: yield* Effect.makeLatch(),
    unwanted: yield* Effect.makeLatch(),
    cut: yield* Deferred.make<never, Cut>(),
    turn: yield* Turn.make("page"),
    isWanted: true,
    isWhole: false
  }
  return flow
})

const stop = (flow: Flow) =>
  Effect.suspend(() => {
    flow.isWanted = false
    return Effect.zipRight(flow.bytes.shutdown, flow.unwanted.open)
  })

const cutFor = (flow: Flow, why: Cut) =>
  Effect.suspend(() =>
    flow.isWanted && (!flow.isWhole || why === "service-late")
      ? Effect.zipRight(Deferred.fail(flow.cut, why), stop(flow))
      : Effect.void
  )

const complete = (flow: Flow) =>
  Effect.suspend(() => {
    flow.isWhole = true
    return Effect.zipRight(Turn.give(flow.turn, "service"), flow.bytes.end)
  })

/**
 * Ends with the page's stream, and some way behind the point from which nobody wants it. A body is whole as soon as the
 * service will take it for that, which by its length may be before the stream ends.
 */
const reading = (flow: Flow, request: HttpServerRequest, maxBodySize: number) => {
  const announced = lengthOf(request)
  let received = 0
  let unwanted = 0
  const take = (chunk: Uint8Array) =>
    Effect.gen(function* () {
      if (flow.isWhole) return yield* Effect.fail("more than announced")
      received += chunk.byteLength
      if (received > maxBodySize) yield* cutFor(flow, "too-large")
      if (received > (announced ?? received)) yield* cutFor(flow, "page-gone")
      if (!flow.isWanted) unwanted += chunk.byteLength
      if (unwanted > drained.bytes) return yield* Effect.fail("enough")
      yield* Turn.give(flow.turn, "service")
      yield* flow.bytes.offer(chunk)
      yield* received === announced ? complete(flow) : Turn.give(flow.turn, "page")
    })
  // Not `runForEachWhile`: in Effect 3.22 it keeps every chunk until the end.
  return Stream.runForEach(Stream.onStart(request.stream, flow.begun.open), take).pipe(
    Effect.filterOrFail(
      () => announced === undefined || flow.isWhole,
      () => "too short"
    ),
    Effect.matchEffect({
      onFailure: () => cutFor(flow, "page-gone"),
      onSuccess: () => complete(flow)
    })
  )
}

/** Cuts what stands still. The service can't until it is asked: the application may take its time before. */
const watching = (flow: Flow, idle: Duration.Duration): Effect.Effect<never> => {
  const overdue = Turn.overdue(flow.turn, idle)
  return overdue.pipe(
    Effect.flatMap((whom) => (whom === "page" ? Effect.succeed(whom) : Effect.zipRight(flow.asked.await, overdue))),
    Effect.flatMap((whom) => cutFor(flow, `${whom}-late`)),
    Effect.zipRight(Effect.never)
  )
}

/** Ends well only where it was handed over to its end: the service must not take what it has for all of it. */
const outgoing = (flow: Flow) =>
  Mailbox.toStream(flow.bytes).pipe(
    Stream.onStart(Effect.zipRight(Turn.renew(flow.turn, "service"), flow.asked.open)),
    Stream.concat(
      Stream.fromEffect(Effect.suspend(() => (flow.isWanted ? flow.handedOver.open : Effect.fail("ended early")))).pipe(
        Stream.drain
      )
    ),
    Stream.ensuring(stop(flow))
  )

/** The same body once all of it is here. Only the page can stand still meanwhile. */
export const whole = (intake: Intake): Effect.Effect<Intake, Exclude<Cut, "service-late">> => {
  const { body } = intake
  if (body._tag !== "Stream") return Effect.succeed(intake)
  return Stream.runCollect(body.stream).pipe(
    Effect.catchAll(() => intake.cut),
    Effect.raceFirst(intake.cut),
    Effect.mapBoth({
      onFailure: (why) => (why === "service-late" ? "page-late" : why),
      onSuccess: (chunks) => ({
        ...nothing,
        body: HttpBody.uint8Array(join(Chunk.toReadonlyArray(chunks)), body.contentType)
      })
    })
  )
}

/** The body is read in the given scope, for as long as somebody wants it and a little longer. */
export const open = (
  request: HttpServerRequest,
  { idle, maxBodySize }: Limits
): Effect.Effect<Intake, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (isEmpty(request)) return nothing
    const flow = yield* makeFlow
    const taken = Effect.raceFirst(flow.handedOver.await, flow.unwanted.await)
    const tooLong = Effect.zipRight(flow.unwanted.await, Effect.sleep(drained.within))
    const fiber = yield* Effect.zipRight(reading(flow, request, maxBodySize), taken).pipe(
      Effect.raceFirst(watching(flow, idle)),
      Effect.raceFirst(tooLong),
      Effect.onInterrupt(() => cutFor(flow, "page-gone")),
      Effect.interruptible,
      Effect.forkScoped
    )
    // Node reads on by itself, without end, where nobody has begun to when it has answered.
    yield* Effect.raceFirst(flow.begun.await, Fiber.join(fiber))
    if (!mayHaveBody(request)) return { ...nothing, stop: stop(flow) }
    return {
      body: HttpBody.stream(outgoing(flow), request.headers["content-type"], lengthOf(request)),
      handedOver: flow.handedOver.await,
      cut: Deferred.await(flow.cut),
      isCut: Deferred.isDone(flow.cut),
      stop: stop(flow)
    }
  })
