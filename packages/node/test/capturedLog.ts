/** What is logged, kept for the test in place of the console. */
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

export interface Line {
  readonly level: string
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

export const make = (): { readonly lines: ReadonlyArray<Line>; readonly layer: Layer.Layer<never> } => {
  const lines: Array<Line> = []
  const logger = Logger.make<unknown, void>(({ annotations, cause, logLevel, message }) => {
    const parts = [...(Array.isArray(message) ? message : [message]), ...(cause._tag === "Empty" ? [] : [cause])]
    lines.push({
      level: logLevel.label,
      text: parts.map(String).join(" "),
      facts: Object.fromEntries(HashMap.toEntries(annotations))
    })
  })
  return { lines, layer: Logger.replace(Logger.defaultLogger, logger) }
}
