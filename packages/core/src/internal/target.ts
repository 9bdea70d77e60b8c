/** Reads the target of a request by a route's template: the way back of what `request.ts` writes, and nothing else. */
import * as UrlParams from "@effect/platform/UrlParams"

export interface Target {
  /** As it stands in the request. */
  readonly path: string
  /** The values of the placeholders, by name. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
}

/** A value with one of these may be read as more than one segment by a server further on. */
const ambiguous = /[/\\%;?#\p{C}]|^\.+$/u

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** A segment as this library writes it: any other spelling of the same value is refused. */
const readSegment = (segment: string): string | undefined => {
  const value = decoded(segment)
  return value !== undefined && !ambiguous.test(value) && encodeURIComponent(value) === segment ? value : undefined
}

const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const queryOf = (names: ReadonlyArray<string>, text: string): Target["query"] | undefined => {
  const entries = UrlParams.fromInput(new URLSearchParams(text))
  const isOf = entries.every(([name], at) => names.includes(name) && entries.findIndex(([n]) => n === name) === at)
  return isOf ? entries : undefined
}

/** What a route says of its targets. */
interface Template {
  readonly path: string
  readonly query: ReadonlyArray<string>
}

export const matcher = ({ path: template, query: names }: Template): ((target: string) => Target | undefined) => {
  const parts = template.split(/[{}]/)
  const pattern = new RegExp(`^${parts.map((part, at) => (at % 2 === 0 ? escaped(part) : "([^/]+)")).join("")}$`)
  const placeholders = parts.filter((_, at) => at % 2 === 1)
  return (target) => {
    const [, path = "", search = ""] = /^([^?#]*)\??([^#]*)$/.exec(target) ?? []
    const segments = pattern.exec(path)?.slice(1)
    const query = queryOf(names, search)
    if (segments === undefined || query === undefined) return undefined
    const parameters: Record<string, string> = {}
    for (const [at, name] of placeholders.entries()) {
      const value = readSegment(segments[at] ?? "")
      if (value === undefined) return undefined
      parameters[name] = value
    }
    return { path, parameters, query }
  }
}
