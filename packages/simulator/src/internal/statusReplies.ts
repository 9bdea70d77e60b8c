/** Every status that an error may have, in every shape that its body may have. */
import * as Wire from "../Wire.js"

const words = {
  400: "Invalid request body",
  401: "Invalid API key",
  402: "Insufficient balance",
  403: "This key may not do this",
  404: "Not found",
  408: "Request timeout",
  409: "Conflict",
  413: "Payload too large",
  422: "Unprocessable request",
  425: "Too early",
  429: "Too many requests",
  500: "Internal server error",
  501: "Not implemented",
  502: "Processing failed",
  503: "Service unavailable",
  504: "Timed out",
  520: "Unknown error",
  521: "Service is down",
  522: "Connection timed out",
  523: "Service is unreachable",
  524: "A timeout occurred",
  529: "Overloaded"
} as const

export type Status = keyof typeof words

export const statuses = [
  ...([400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429] as const),
  ...([500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 529] as const)
]

/** `error`, `object` and `message` are the service's own; the others are what may come between. */
export const shapes = ["error", "object", "message", "empty", "text", "html", "cut", "mistyped"] as const

export type Shape = (typeof shapes)[number]

export type Name = `status-${Status}-${Shape}`

const cutOff = (status: Status, body: string): Wire.WireReply =>
  Wire.bytes(status, "application/json", new TextEncoder().encode(body.slice(0, -4)))

export const make = (status: Status, shape: Shape): Wire.WireReply => {
  const error = words[status]
  const json = { success: false, error }
  switch (shape) {
    case "error":
      return Wire.json(status, json)
    case "object":
      return Wire.json(status, { error: { message: error, type: "api_error" } })
    case "message":
      return Wire.json(status, { success: false, message: error })
    case "empty":
      return Wire.bytes(status, "application/json", new Uint8Array(0))
    case "text":
      return Wire.text(status, error)
    case "html":
      return Wire.html(status, `<html><head><title>${status} ${error}</title></head><body>${error}</body></html>`)
    case "cut":
      return cutOff(status, JSON.stringify(json))
    case "mistyped":
      return Wire.html(status, JSON.stringify(json))
  }
}
