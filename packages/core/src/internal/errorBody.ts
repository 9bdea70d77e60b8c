/** What the body of a failed reply says, and who wrote it: the service in one of its shapes, or something between. */
import * as Predicate from "effect/Predicate"
import { isErrorStatus } from "../CheapAiError.js"

export interface ErrorBody {
  readonly source: "service" | "gateway"
  /** What it says to a person, if anything. */
  readonly message: string | undefined
  /** The service's own name for the kind of error: an open list. */
  readonly type: string | undefined
  /** A numeric `status` or `code` inside the body that reads as an HTTP error. */
  readonly code: number | undefined
  /** Everything that can be judged by words. */
  readonly text: string
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const string = (u: unknown): string | undefined => (typeof u === "string" ? u : undefined)

/** The two documented shapes and the upstream's: see the service's page on error handling. */
const fromService = (json: Readonly<Record<PropertyKey, unknown>>): ErrorBody | undefined => {
  const error = Predicate.isReadonlyRecord(json.error) ? json.error : {}
  const structured = string(error.message)
  if (json.success !== false && structured === undefined) return undefined
  const message = structured ?? string(json.error) ?? string(json.message)
  const type = string(error.type)
  const code = [json.status, json.code, error.status, error.code].find(isErrorStatus)
  return { source: "service", message, type, code, text: [message, type].filter(Predicate.isNotUndefined).join(" ") }
}

const titleOf = (html: string): string | undefined => /<title[^>]*>([^<]*)/i.exec(html)?.[1]?.trim() || undefined

const fromGateway = (text: string): ErrorBody => {
  const isMarkup = /^\s*</.test(text)
  const isText = !isMarkup && !/^\s*[[{"]/.test(text)
  const firstLine = text.trim().split(/[\r\n]/, 1)[0]
  const message = isMarkup ? titleOf(text) : isText ? firstLine || undefined : undefined
  return { source: "gateway", message, type: undefined, code: undefined, text }
}

export const errorBody = (text: string): ErrorBody => {
  const json = parseJson(text)
  return (Predicate.isReadonlyRecord(json) ? fromService(json) : undefined) ?? fromGateway(text)
}
