/** Where the run stands, in a bar and in a sentence that screen readers are told of. */
import { byId } from "./dom.js"

const bar = byId("bar", HTMLProgressElement)
const status = byId("status", HTMLParagraphElement)

export const tell = (sentence: string, percent?: number): void => {
  status.textContent = sentence
  if (percent !== undefined) bar.value = percent
}

/** On a phone the form fills the screen. */
export const bringIntoView = (): void => status.scrollIntoView({ block: "nearest" })

/** What the simulator's books say, below all else. */
export const tellBooks = (sentence: string): void => {
  byId("books", HTMLParagraphElement).textContent = sentence
}
