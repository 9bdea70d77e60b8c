/** Which kinds of fault met which phases: names are many, and the first word of one is its kind. And which routes were called. */
import * as Faults from "@effect-cheapai/simulator/Faults"

const kindOf = (fault: string): string => fault.split("-")[0] ?? fault

const cell = (on: string, fault: string): string => `${on} ${kindOf(fault)}`

const all: ReadonlySet<string> = new Set(Faults.cells.map(({ fault, on }) => cell(on, fault)))

/** Kinds that met no request of a phase. */
export const missing = (covered: ReadonlySet<string>): ReadonlyArray<string> => {
  const met = new Set([...covered].map((strike) => cell(...split(strike))))
  return [...all].filter((kind) => !met.has(kind))
}

const split = (strike: string): readonly [on: string, fault: string] => {
  const [on = "", fault = ""] = strike.split(" ")
  return [on, fault]
}

const routes = [
  "POST /v1/text-to-speech/{voice_id}",
  "POST /v1m/task/text-to-speech",
  "POST /v1e/task/text-to-speech",
  "POST /v1/task/sound-effect",
  "POST /v1/task/speech-to-text",
  "POST /v1/task/dubbing",
  "POST /v1/task/voice-changer",
  "POST /v1/task/voice-isolate",
  "POST /v1m/task/music-generation",
  "POST /v1i/task/generate-image",
  "POST /v1m/voice/clone",
  "GET /v1m/voice/clone",
  "DELETE /v1m/voice/clone/{voice_clone_id}",
  "GET /v1i/models",
  "POST /v1i/task/price",
  "GET /v1/credits",
  "GET /v1/packages",
  "GET /v1/task/{task_id}",
  "GET /files/{name}"
]

/** Routes of the service that no story called. */
export const uncalled = (called: ReadonlySet<string>): ReadonlyArray<string> =>
  routes.filter((route) => !called.has(route))
