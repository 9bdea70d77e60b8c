/** What a request says of its body before it comes. */
import type { HttpServerRequest } from "@effect/platform/HttpServerRequest"
import * as Predicate from "effect/Predicate"

/** In bytes, as the page announced it. */
export const lengthOf = ({ headers }: HttpServerRequest): number | undefined => {
  const length = headers["content-length"]
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
}

/** A body of any other request is not for the service. */
export const mayHaveBody = ({ method }: HttpServerRequest): boolean => method === "POST"

const isAnnounced = ({ headers }: HttpServerRequest): boolean =>
  "content-length" in headers || "transfer-encoding" in headers

/** A web request without a body has no stream at all. */
export const isEmpty = (request: HttpServerRequest): boolean =>
  lengthOf(request) === 0 ||
  !(mayHaveBody(request) || isAnnounced(request)) ||
  (Predicate.hasProperty(request.source, "body") && request.source.body === null)

/** The media type, without its parameters. */
export const typeOf = ({ headers }: HttpServerRequest): string =>
  headers["content-type"]?.replace(/;.*/s, "").trim().toLowerCase() ?? ""
