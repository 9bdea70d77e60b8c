/** Requests that several test files send. */
import * as Wire from "@effect-cheapai/simulator/Wire"

export const CREDITS = "GET /v1/credits"
export const POLL = "GET /v1/task/{task_id}"
export const MUSIC = "POST /v1m/task/music-generation"

export const body = { model: "music-2.5", idea: "rain on a tin roof" }

export const utf8 = (text: string) => new TextEncoder().encode(text)

export const get = (target: string, key: string | null = "sk_test_valid"): Wire.WireRequest => ({
  method: "GET",
  target,
  headers: key === null ? {} : { authorization: `Bearer ${key}` },
  body: new Uint8Array(0)
})

export const postBytes = (
  bytes: Uint8Array,
  key = "sk_test_valid",
  target = "/v1m/task/music-generation"
): Wire.WireRequest => ({
  method: "POST",
  target,
  headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  body: bytes
})

export const postJson = (target: string, json: unknown, key?: string): Wire.WireRequest =>
  postBytes(utf8(JSON.stringify(json)), key, target)

export const music = (json: unknown = body, key?: string): Wire.WireRequest =>
  postJson("/v1m/task/music-generation", json, key)

/** Text fields as strings, files as bytes; several values are several parts of one name. */
export type Form = Readonly<Record<string, FormValue | ReadonlyArray<FormValue> | undefined>>
type FormValue = string | Uint8Array

const part = (name: string, value: FormValue): Uint8Array =>
  typeof value === "string"
    ? utf8(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    : Wire.join([
        utf8(`--b\r\nContent-Disposition: form-data; name="${name}"; filename="a.mp3"\r\n`),
        utf8("Content-Type: audio/mpeg\r\n\r\n"),
        value,
        utf8("\r\n")
      ])

const several = (value: Form[string]): ReadonlyArray<FormValue> =>
  value === undefined ? [] : typeof value === "string" || value instanceof Uint8Array ? [value] : value

export const postForm = (target: string, form: Form, key = "sk_test_valid"): Wire.WireRequest => {
  const parts = Object.entries(form).flatMap(([name, value]) => several(value).map((one) => part(name, one)))
  const headers = { authorization: `Bearer ${key}`, "content-type": "multipart/form-data; boundary=b" }
  return { method: "POST", target, headers, body: Wire.join([...parts, utf8("--b--\r\n")]) }
}

export const status = (reply: Wire.WireReply): number | undefined => reply.head?.status

export const textOf = (reply: Wire.WireReply): string => reply.chunks.map((c) => new TextDecoder().decode(c)).join("")

/** The JSON of a reply; the tests compare it whole, so its type doesn't matter. */
export const jsonOf = (reply: Wire.WireReply) => JSON.parse(textOf(reply))
