/** Cloned voices: made at once, listed and deleted. An id is a number when it is made and a string ever after. */
import * as Either from "effect/Either"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Wire from "../Wire.js"
import * as Fields from "./fields.js"
import * as File from "./file.js"
import * as FormBody from "./formBody.js"
import * as Result from "./result.js"
import { type Answer, type Call, type Route, refuse } from "./route.js"
import * as State from "./state.js"
import * as Task from "./task.js"

const largestFile = 20_000_000

const Sample = FormBody.File.pipe(
  Schema.filter(({ bytes }) => bytes.length <= largestFile, { message: () => "must not be larger than 20 MB" })
)

const Body = Schema.Struct({
  file: Sample,
  voice_name: Fields.optional(Schema.String),
  preview_text: Fields.optional(Schema.String),
  language_tag: Fields.optional(Schema.String),
  need_noise_reduction: Fields.optional(Fields.FlagText),
  gender_tag: Fields.optional(Schema.Literal("male", "female"))
})

const template = "POST /v1m/voice/clone"
const read = FormBody.decode(Body)

const add = (call: Call, body: typeof Body.Type): Answer => {
  const credits = call.settings.prices.voiceClone
  const refusal = Task.shortage(call.state, credits)
  if (refusal !== undefined) return { reply: refusal, state: call.state }
  const id = call.state.nextVoiceId
  const line = { at: call.now, request: call.number, route: template, credits }
  const charged = State.book(call.state, { ...line, kind: "charge" })
  const state = State.addVoice(charged, call.now, {
    id,
    name: body.voice_name ?? `Voice ${id}`,
    tags: [body.language_tag, body.gender_tag].filter((tag) => tag !== undefined),
    sample: Result.sound(`voice_${id}`)
  })
  return { reply: Wire.json(200, { success: true, cloned_voice_id: id }), state }
}

export const create: Route = {
  template,
  access: "billed",
  answer: (call) =>
    Either.match(read(call.request), {
      onLeft: (reply) => ({ reply, state: call.state }),
      onRight: (body) => add(call, body)
    })
}

export const list: Route = {
  template: "GET /v1m/voice/clone",
  access: "key",
  answer: ({ state, settings, now }) => {
    const voices = Array.from(HashMap.values(state.voices)).sort((a, b) => a.id - b.id)
    const data = voices.map(({ id, name, tags, sample }) => ({
      voice_id: String(id),
      voice_name: name,
      tag_list: tags,
      sample_audio: File.urlAt(settings, now)(sample.name)
    }))
    return { reply: Wire.json(200, { success: true, data }), state }
  }
}

export const remove: Route = {
  template: "DELETE /v1m/voice/clone/{voice_clone_id}",
  access: "key",
  answer: ({ parameters, state }) =>
    Option.match(HashMap.get(state.voices, parameters.voice_clone_id ?? ""), {
      onNone: () => ({ reply: refuse(404, "Voice not found"), state }),
      onSome: (voice) => ({ reply: Wire.json(200, { success: true }), state: State.removeVoice(state, voice) })
    })
}
