/** The page's calls to the demo's own server: what shall go wrong, and what was charged. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { Books } from "./books.js"

export class DemoServerError extends Data.TaggedError("DemoServerError")<{ readonly message: string }> {}

const ask = (request: HttpClientRequest.HttpClientRequest) =>
  HttpClient.HttpClient.pipe(
    Effect.map(HttpClient.filterStatusOk),
    Effect.flatMap((client) => client.execute(request))
  )

const orSaid = <A, E>(call: Effect.Effect<A, E, HttpClient.HttpClient>): Effect.Effect<A, DemoServerError> =>
  call.pipe(
    Effect.mapError(
      () => new DemoServerError({ message: "The demo's own server did not answer: is it still running?" })
    ),
    Effect.provide(FetchHttpClient.layer)
  )

/** From here on the simulator counts from nothing, and meets this plan. */
export const choose = (planId: string) => orSaid(ask(HttpClientRequest.put(`/api/demo/plan/${planId}`)))

export const books = orSaid(
  Effect.flatMap(ask(HttpClientRequest.get("/api/demo/books")), HttpClientResponse.schemaBodyJson(Books))
)
