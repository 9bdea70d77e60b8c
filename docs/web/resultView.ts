/** The result, playing or shown. */
import { byId, element } from "./dom.js"
import type { Choice } from "./routes.js"

const section = byId("result", HTMLElement)
const place = byId("medium", HTMLElement)

export interface Result {
  readonly url: string
  readonly medium: Choice["medium"]
  readonly prompt: string
}

export const clear = (): void => {
  place.replaceChildren()
  section.hidden = true
}

const audio = ({ prompt, url }: Result) => {
  const player = element("audio", { controls: true, src: url })
  player.setAttribute("aria-label", `Result: ${prompt}`)
  return player
}

export const show = (result: Result): void => {
  const { medium, prompt, url } = result
  const shown =
    medium === "audio" ? audio(result) : element("img", { src: url, alt: `The simulator's picture for: ${prompt}` })
  place.replaceChildren(shown, element("figcaption", {}, prompt))
  section.hidden = false
}
