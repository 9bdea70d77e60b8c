/** A server's own span holds the address and all headers of a request, the page's session among them. */
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"

/** The application may have spans of its own between the server's and this. */
const serverSpan = (span: Tracer.Span): Option.Option<Tracer.Span> => {
  if (span.kind === "server") return Option.some(span)
  return Option.flatMap(span.parent, (parent) => (parent._tag === "Span" ? serverSpan(parent) : Option.none()))
}

const attributesOf = ({ headers }: HttpServerRequest): ReadonlyArray<string> => [
  "url.full",
  "url.path",
  "url.query",
  "user_agent.original",
  ...Object.keys(headers).map((name) => `http.request.header.${name}`)
]

export const hideRequest = (request: HttpServerRequest): Effect.Effect<void> =>
  Effect.map(Effect.option(Effect.currentSpan), (span) => {
    for (const server of Option.toArray(Option.flatMap(span, serverSpan))) {
      for (const name of attributesOf(request)) server.attribute(name, "<redacted>")
    }
  })
