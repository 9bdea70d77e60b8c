/** The typed error: what came of the request, what to do, and what the client tells a person. */
import * as CheapAiError from "@effect-cheapai/core/CheapAiError"
import { byId, element } from "./dom.js"

const place = byId("error", HTMLElement)

const facts = (error: CheapAiError.CheapAiError): ReadonlyArray<readonly [string, string | undefined]> => [
  ["Outcome", error.outcome],
  ["Stopped", error.stopped],
  ["Task", error.taskId],
  ["Remedy", error.remedy]
]

export const clear = (): void => place.replaceChildren()

export const show = (error: CheapAiError.CheapAiError): void =>
  place.replaceChildren(
    element("h2", {}, error._tag),
    element("p", { className: "explanation" }, CheapAiError.explain(error)),
    element(
      "dl",
      {},
      ...facts(error).flatMap(([name, value]) =>
        value === undefined ? [] : [element("dt", {}, name), element("dd", {}, value)]
      )
    )
  )

/** What is no error of the service's. */
export const showOther = (message: string): void =>
  place.replaceChildren(element("h2", {}, "The demo broke"), element("p", { className: "explanation" }, message))
