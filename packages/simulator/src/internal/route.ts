/** One simulated route as data, and what its handler is given. */
import type * as ApiKey from "../ApiKey.js"
import type * as Prices from "../Prices.js"
import * as Wire from "../Wire.js"
import type * as State from "./state.js"

export interface Settings {
  readonly fileOrigin: string
  readonly taskMillis: number
  readonly prices: Prices.Prices
  /** How long a result URL can be used; infinite when it does not expire. */
  readonly fileMillis: number
  readonly pollsPerSecond: number
  readonly isolationOutput: "metadata" | "root"
  /** The pause before each part of a reply that drips. */
  readonly dripMillis: number
}

export interface Call {
  readonly request: Wire.WireRequest
  /** Which arrival this is, from 1. */
  readonly number: number
  readonly parameters: Readonly<Record<string, string>>
  /** The state of the key that was sent; always `valid` on an open route. */
  readonly key: ApiKey.State
  readonly state: State.State
  readonly now: number
  readonly settings: Settings
  readonly fate: State.Fate
}

export interface Answer {
  readonly reply: Wire.WireReply
  readonly state: State.State
}

export interface Route {
  /** Method and path template; also the route's name in the ledger. */
  readonly template: string
  /** `open` needs no key; `billed` spends credits and is refused to a key over its daily limit. */
  readonly access: "open" | "key" | "billed"
  /** The query parameters it may be given; by default none. */
  readonly query?: ReadonlyArray<string> | "any"
  readonly answer: (call: Call) => Answer
}

/** A refusal in the body that the service uses for every status but 400. */
export const refuse = (status: number, error: string): Wire.WireReply => Wire.json(status, { success: false, error })

const longestMessage = 200

/** A refusal of a request's body or fields. */
export const badRequest = (message: string): Wire.WireReply =>
  Wire.json(400, { error: { message: message.slice(0, longestMessage), type: "invalid_request_error" } })
