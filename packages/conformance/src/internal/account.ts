/** The simulator behind a port, as the suite uses it: start again, strike, look into the books. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Books = Schema.Struct({
  entries: Schema.Array(Schema.Struct({ kind: Schema.String })),
  requests: Schema.Array(Schema.Struct({ at: Schema.Number })),
  violations: Schema.Array(Schema.String)
})

export type Books = typeof Books.Type

/** The books of a simulator are wrong, or it does not answer as one: nothing can be said of the client. */
export class SimulatorError extends Schema.TaggedError<SimulatorError>()("SimulatorError", {
  message: Schema.String
}) {}

/** The reply is read to its end: until then a runtime that keeps connections can't use this one again. */
const asked = (url: string, request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.execute(HttpClientRequest.prependUrl(request, `${url}/__simulator`)).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap((reply) => reply.text),
    Effect.mapError(({ message }) => new SimulatorError({ message })),
    Effect.provide(FetchHttpClient.layer)
  )

/** A fresh account whose requests meet these faults. */
export const begin = (url: string, strikes: ReadonlyArray<Faults.Strike>): Effect.Effect<void, SimulatorError> =>
  Effect.gen(function* () {
    yield* asked(url, HttpClientRequest.post("/reset"))
    const body = HttpClientRequest.bodyText(JSON.stringify({ strikes }), "application/json")
    yield* asked(url, body(HttpClientRequest.post("/faults")))
  })

export const books = (url: string): Effect.Effect<Books, SimulatorError> =>
  asked(url, HttpClientRequest.get("/ledger")).pipe(
    Effect.flatMap((text) =>
      Effect.mapError(Schema.decode(Schema.parseJson(Books))(text), ({ message }) => new SimulatorError({ message }))
    ),
    Effect.filterOrFail(
      ({ violations }) => violations.length === 0,
      ({ violations }) => new SimulatorError({ message: violations.join("; ") })
    )
  )
