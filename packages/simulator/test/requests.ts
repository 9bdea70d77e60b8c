/** Requests that several test files send. */
import type * as Wire from "@effect-cheapai/simulator/Wire"

export const CREDITS = "GET /v1/credits"
export const POLL = "GET /v1/task/{task_id}"
export const MUSIC = "POST /v1m/task/music-generation"

export const body = { model: "music-2.5", idea: "rain on a tin roof" }

export const get = (target: string, key: string | null = "sk_test_valid"): Wire.WireRequest => ({
  method: "GET",
  target,
  headers: key === null ? {} : { authorization: `Bearer ${key}` },
  body: new Uint8Array(0)
})

export const postBytes = (bytes: Uint8Array, key = "sk_test_valid"): Wire.WireRequest => ({
  method: "POST",
  target: "/v1m/task/music-generation",
  headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  body: bytes
})

export const music = (json: unknown = body, key = "sk_test_valid"): Wire.WireRequest =>
  postBytes(new TextEncoder().encode(JSON.stringify(json)), key)

export const status = (reply: Wire.WireReply): number | undefined => reply.head?.status

export const textOf = (reply: Wire.WireReply): string => reply.chunks.map((c) => new TextDecoder().decode(c)).join("")

/** The JSON of a reply; the tests compare it whole, so its type doesn't matter. */
export const jsonOf = (reply: Wire.WireReply) => JSON.parse(textOf(reply))
