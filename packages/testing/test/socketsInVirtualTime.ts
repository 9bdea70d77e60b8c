/**
 * Real requests to a real port in a program of virtual time: time stands still until a reply has come as far as it ever
 * will, so no clock of this machine decides anything. Only silence lets it go on, and the simulator knows of that.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type { ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as VirtualTime from "@effect-cheapai/testing/VirtualTime"
import * as Clock from "effect/Clock"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

type Stall = "stall" | "stall-half" | "stall-503"

/** Ends when one of the requests after the first `before` was struck so that there is nothing more to wait for. */
const silence = (
  simulator: Simulator.Simulator,
  before: number,
  stalls: ReadonlyArray<Stall>
): Effect.Effect<"silence"> =>
  Effect.flatMap(Effect.delay(simulator.requests, "20 millis"), (arrivals) =>
    arrivals.slice(before).some(({ fault }) => stalls.some((stall) => stall === fault))
      ? Effect.succeed("silence")
      : silence(simulator, before, stalls)
  )

/** Reads to the end or to silence. The stream that it makes gives the same without waiting for anything. */
const played = (stream: HttpClientResponse["stream"], silent: Effect.Effect<"silence">) => {
  const chunks: Array<Uint8Array> = []
  return Stream.runForEach(stream, (chunk) => Effect.sync(() => chunks.push(chunk))).pipe(
    Effect.either,
    Effect.raceFirst(silent),
    Effect.map((end): Stream.Stream<Uint8Array, ResponseError> => {
      const rest = end === "silence" ? Stream.never : Either.isLeft(end) ? Stream.fail(end.left) : Stream.empty
      return Stream.concat(Stream.fromIterable(chunks), rest)
    })
  )
}

const withStream = (response: HttpClientResponse, stream: HttpClientResponse["stream"]): HttpClientResponse =>
  Object.create(response, { stream: { value: stream } })

/** Of a client that sends one request at a time. */
const unhurried = (client: HttpClient.HttpClient, simulator: Simulator.Simulator): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    Effect.gen(function* () {
      const before = (yield* simulator.requests).length
      const noHead = silence(simulator, before, ["stall"])
      const response = yield* VirtualTime.live(Effect.raceFirst(client.execute(request), noHead))
      if (response === "silence") return yield* Effect.never
      const noEnd = silence(simulator, before, ["stall-half", "stall-503"])
      return withStream(response, yield* VirtualTime.live(played(response.stream, noEnd)))
    })
  )

/** Clients of their own connections, by name: fetch, and Node's undici. */
export const clients: Readonly<Record<"fetch" | "undici", Layer.Layer<HttpClient.HttpClient, ConfigError>>> = {
  fetch: CheapAi.layerFetchClient,
  undici: NodeTransport.layer()
}

/** A client of this server, for programs in virtual time that send one request after the other. */
export const layer = ({ simulator, url }: SimulatorServer.Running, client: keyof typeof clients = "fetch") =>
  CheapAi.layer({ apiKey: Redacted.make("sk_test_valid"), baseUrl: url }).pipe(
    Layer.provide(
      Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (plain) => unhurried(plain, simulator))
      )
    ),
    Layer.provide(clients[client])
  )

/** Now is now for the program; a pause is one of this machine, since time stands still while a reply is on its way. */
const timeOf = (program: Clock.Clock): Clock.Clock => {
  const real = Clock.make()
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    currentTimeMillis: program.currentTimeMillis,
    currentTimeNanos: program.currentTimeNanos,
    unsafeCurrentTimeMillis: () => program.unsafeCurrentTimeMillis(),
    unsafeCurrentTimeNanos: () => program.unsafeCurrentTimeNanos(),
    sleep: (duration) => real.sleep(duration)
  }
}

/** A server whose tasks take virtual time. Its webhooks don't: they are posted by this machine's. */
export const server = (options: SimulatorServer.Options) =>
  Effect.clockWith((clock) => Effect.withClock(SimulatorServer.make(options), timeOf(clock)))
