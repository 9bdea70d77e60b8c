/** How a call must end, as a read and as a submit. */

export interface Verdict {
  /** `_tag`, and what is said besides: a code, a status or a phase. Or `success`. */
  readonly ends: string
  readonly outcome?: string
  readonly read: Judgement
  readonly submit: Judgement
}

export interface Judgement {
  readonly requests: number
  readonly stopped?: string
}

const again = { requests: 3, stopped: "tries-used" }
const hopeless = { requests: 1, stopped: "not-transient" }

export const succeeds: Verdict = { ends: "success", read: { requests: 1 }, submit: { requests: 1 } }

/** Nobody knows what became of the request: a read is sent again, a submit is not. */
const lost = (ends: string): Verdict => ({
  ends,
  outcome: "unknown",
  read: again,
  submit: { requests: 1, stopped: "once-unknown" }
})

export const breaks = (code: string): Verdict => lost(`TransportError ${code}`)
export const isLate: Verdict = lost("TimeoutError attempt")

export const isUnreadable: Verdict = {
  ends: "InvalidResponseError 200",
  outcome: "unknown",
  read: hopeless,
  submit: hopeless
}

/** By a status that says that nothing was done. */
export const refused = (tag: string, status: number): Verdict => ({
  ends: `${tag} ${status}`,
  outcome: "rejected",
  read: hopeless,
  submit: hopeless
})

/** For a while. */
export const isBusy: Verdict = { ...refused("ServiceUnavailableError", 503), read: again, submit: again }
