/** The page: a form that starts a run, and a button that stops it. */
import * as BrowserCheapAi from "@effect-cheapai/browser/BrowserCheapAi"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { byId, element } from "./dom.js"
import { plans } from "./plans.js"
import { choices } from "./routes.js"
import { run } from "./run.js"

/** Lives as long as the page, so that a submit that has left outlives a run that was stopped. */
const runtime = ManagedRuntime.make(BrowserCheapAi.layer({ baseUrl: "/api/cheapai" }))

const form = byId("wish", HTMLFormElement)
const prompt = byId("prompt", HTMLInputElement)
const planSelect = byId("plan", HTMLSelectElement)
const send = byId("send", HTMLButtonElement)
const stop = byId("stop", HTMLButtonElement)

byId("routes", HTMLElement).append(
  ...choices.map(({ id, label }, index) =>
    element(
      "label",
      {},
      element("input", { type: "radio", name: "route", value: id, defaultChecked: index === 0 }),
      element("span", {}, label)
    )
  )
)
planSelect.append(...plans.map(({ id, label }) => element("option", { value: id }, label)))

const chosen = () => {
  const choice = choices.find(({ id }) => id === new FormData(form).get("route"))
  const plan = plans.find(({ id }) => id === planSelect.value)
  return choice === undefined || plan === undefined ? undefined : { choice, plan }
}

/** An example stands in the field until the visitor writes something. */
let example = ""
const showChoice = () => {
  const found = chosen()
  if (found === undefined) return
  if (prompt.value === example) prompt.value = found.choice.example
  example = found.choice.example
  byId("plan-note", HTMLElement).textContent = found.plan.note
  byId("plan-script", HTMLElement).textContent = Faults.toScript(found.plan.faults)
}

/** Focus goes to the button that can be used now, if it was on the other. */
const setRunning = (isRunning: boolean) => {
  const [from, to] = isRunning ? [send, stop] : [stop, send]
  const hadFocus = document.activeElement === from
  to.disabled = false
  from.disabled = true
  if (hadFocus) to.focus()
}

let current: Fiber.RuntimeFiber<unknown, unknown> = Effect.runFork(Effect.void)

/** The fiber goes on after its run, as holder of the result. */
const start = (effect: ReturnType<typeof run>) => {
  const ended = Effect.ensuring(
    effect,
    Effect.sync(() => setRunning(false))
  )
  return Effect.scoped(Effect.zipRight(ended, Effect.never))
}

form.addEventListener("change", showChoice)
form.addEventListener("submit", (event) => {
  event.preventDefault()
  const found = chosen()
  if (found === undefined || send.disabled) return
  setRunning(true)
  const previous = current
  const next = start(run({ ...found, prompt: prompt.value }))
  current = runtime.runFork(Effect.zipRight(Fiber.interrupt(previous), next))
})
stop.addEventListener("click", () => Effect.runFork(Fiber.interrupt(current)))

showChoice()
