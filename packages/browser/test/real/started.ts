/** A page, and the service on another origin. */
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Tab from "./tab.js"

export const credits = "GET /v1/credits"
export const music = "POST /v1m/task/music-generation"
export const transcription = "POST /v1/task/speech-to-text"

export const started = Effect.gen(function* () {
  const tab = yield* Tab.open
  const { simulator, url } = yield* SimulatorServer.make({ taskDuration: 0 })
  const hasCome = (route: string) =>
    Effect.map(simulator.requests, (requests) => requests.some((request) => request.route === route)).pipe(
      Effect.repeat({ until: (come) => come, schedule: Schedule.spaced("20 millis") })
    )
  return { hasCome, simulator, tab, settings: { baseUrl: url, token: "sk_test_valid", isKeyAllowed: true } }
})
