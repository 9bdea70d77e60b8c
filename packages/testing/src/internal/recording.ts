/** Keeps what was sent, as it arrives. The key alone is left out: whether it stands behind `Bearer` can be checked. */
import type * as Wire from "@effect-cheapai/simulator/Wire"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

export interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds of Effect's clock. */
  readonly at: number
}

export interface Recording {
  readonly keep: (request: Wire.WireRequest) => Effect.Effect<void>
  readonly sent: Effect.Effect<ReadonlyArray<Sent>>
}

const redacted = (headers: Readonly<Record<string, string>>) => {
  const { authorization } = headers
  return authorization === undefined
    ? headers
    : { ...headers, authorization: authorization.replace(/^(Bearer )?.*$/s, "$1<redacted>") }
}

const sentOf = (request: Wire.WireRequest, at: number): Sent => ({
  method: request.method,
  target: request.target,
  headers: redacted(request.headers),
  body: new TextDecoder().decode(request.body),
  at
})

export const make: Effect.Effect<Recording> = Effect.map(Ref.make(Chunk.empty<Sent>()), (all) => ({
  keep: (request) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => Ref.update(all, Chunk.append(sentOf(request, at)))),
  sent: Effect.map(Ref.get(all), Chunk.toReadonlyArray)
}))
