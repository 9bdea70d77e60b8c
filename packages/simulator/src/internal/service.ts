/** The service itself: the table of routes, and who may call them. Total: every request has an answer. */
import * as Either from "effect/Either"
import type * as ApiKey from "../ApiKey.js"
import type * as Wire from "../Wire.js"
import * as Account from "./account.js"
import type * as Catalogue from "./catalogue.js"
import * as Dubbing from "./dubbing.js"
import * as File from "./file.js"
import * as Image from "./image.js"
import * as Music from "./music.js"
import * as Query from "./query.js"
import { type Answer, badRequest, type Call, type Route, refuse } from "./route.js"
import * as SoundEffect from "./soundEffect.js"
import * as SpeechToText from "./speechToText.js"
import * as State from "./state.js"
import * as Task from "./task.js"
import * as Template from "./template.js"
import * as TextToSpeech from "./textToSpeech.js"
import * as VoiceChanger from "./voiceChanger.js"
import * as VoiceClone from "./voiceClone.js"
import * as VoiceIsolation from "./voiceIsolation.js"

const routes: ReadonlyArray<Route> = [
  ...[Account.credits, Account.packages, Task.poll],
  ...[TextToSpeech.voice, TextToSpeech.miniMax, TextToSpeech.edge],
  ...[SoundEffect.generate, SpeechToText.transcribe, Dubbing.dub, VoiceChanger.change, VoiceIsolation.isolate],
  Music.generate,
  ...[VoiceClone.create, VoiceClone.list, VoiceClone.remove],
  ...[Image.models, Image.price, Image.generate],
  File.read
]

export interface Found {
  readonly route: Route
  readonly parameters: Readonly<Record<string, string>>
}

export const find = (request: Wire.WireRequestHead): Found | undefined => {
  const path = Template.pathOf(request.target)
  for (const route of routes) {
    const parameters = Template.match(route.template, request.method, path)
    if (parameters !== undefined) return { route, parameters }
  }
  return undefined
}

export type Keys = Readonly<Record<string, ApiKey.State>>

const authorize = (keys: Keys, request: Wire.WireRequest): Either.Either<ApiKey.State, Wire.WireReply> => {
  const header = request.headers.authorization
  if (header === undefined || header === "") return Either.left(refuse(401, "Missing API key"))
  const key = /^Bearer +(\S+)$/i.exec(header)?.[1]
  if (key === undefined) return Either.left(refuse(401, "Authorization header must be: Bearer <API key>"))
  const state = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (state === undefined) return Either.left(refuse(401, "Invalid API key"))
  return state === "expired" ? Either.left(refuse(401, "API key expired")) : Either.right(state)
}

const admit = (keys: Keys, route: Route, request: Wire.WireRequest): Either.Either<ApiKey.State, Wire.WireReply> =>
  route.access === "open"
    ? Either.right("valid")
    : Either.filterOrLeft(
        authorize(keys, request),
        (state) => route.access !== "billed" || state !== "over-daily-limit",
        () => refuse(429, "Daily spend limit of this API key reached")
      )

export type Noted = Pick<Call, "now" | "number">

/** Notes a 4xx of a billed route in the ledger, whoever gave it. */
export const noteRefusal = (answer: Answer, route: Route | undefined, { now, number }: Noted): Answer => {
  const status = answer.reply.head?.status ?? 0
  if (route?.access !== "billed" || status < 400 || status >= 500) return answer
  const line = { at: now, request: number, route: route.template, credits: 0 }
  return { ...answer, state: State.book(answer.state, { ...line, kind: "refusal" }) }
}

/** The part that a request plays in the life of a task. */
export const phaseOf = (route: Route | undefined): Exclude<Catalogue.Phase, "webhook"> => {
  if (route?.access === "billed") return "submit"
  if (route === Task.poll) return "poll"
  return route === File.read ? "file" : "read"
}

/** The answer to a request, by the state of now; a refused billed request is noted in the ledger. */
export const answer = (keys: Keys, found: Found | undefined, call: Omit<Call, "key" | "parameters">): Answer => {
  if (found === undefined) return { reply: refuse(404, "Not found"), state: call.state }
  const answered = Either.match(admit(keys, found.route, call.request), {
    onLeft: (reply): Answer => ({ reply, state: call.state }),
    onRight: (key): Answer => {
      const problem = Query.problem(found.route, call.request.target)
      if (problem !== undefined) return { reply: badRequest(problem), state: call.state }
      return found.route.answer({ ...call, key, parameters: found.parameters })
    }
  })
  return noteRefusal(answered, found.route, call)
}
