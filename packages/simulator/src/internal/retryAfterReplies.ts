/** A refusal, mostly a 429 for pace, with `Retry-After` in each form, as a function of the time. */
import * as Wire from "../Wire.js"

const wait = 2000
const hour = 3_600_000

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

/** The form to write: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export const date = (at: number): string => new Date(at).toUTCString()

/** An obsolete form that must be read: `Sunday, 06-Nov-94 08:49:37 GMT`. */
const rfc850 = (at: number): string => {
  const [, day = "", month = "", year = "", time = ""] = date(at).split(" ")
  return `${days[new Date(at).getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`
}

/** The other: `Sun Nov  6 08:49:37 1994`. */
const asctime = (at: number): string => {
  const [weekday = "", day = "", month = "", year = "", time = ""] = date(at).split(" ")
  return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
}

const reply = (headers: Readonly<Record<string, string>>): Wire.WireReply =>
  Wire.json(429, { success: false, error: "Too many requests" }, headers)

export const all = {
  "retry-after-seconds": () => reply({ "retry-after": "2" }),
  "retry-after-date": (now: number) => reply({ "retry-after": date(now + wait) }),
  "retry-after-rfc850": (now: number) => reply({ "retry-after": rfc850(now + wait) }),
  "retry-after-asctime": (now: number) => reply({ "retry-after": asctime(now + wait) }),
  "retry-after-millis": () => reply({ "retry-after-ms": "1500" }),
  "retry-after-nonsense": () => reply({ "retry-after": "soon" }),
  "retry-after-far": () => reply({ "retry-after": "86400" }),
  "retry-after-skewed": (now: number) => reply({ date: date(now + hour), "retry-after": date(now + hour + wait) }),
  "retry-after-behind": (now: number) => reply({ date: date(now - hour), "retry-after": date(now - hour + wait) }),
  "retry-after-past": (now: number) => reply({ "retry-after": date(now - hour) }),
  "retry-after-zero": () => reply({ "retry-after": "0" }),
  "retry-after-negative": () => reply({ "retry-after": "-2" }),
  "retry-after-fraction": () => reply({ "retry-after": "1.5" }),
  "retry-after-twice": () => reply({ "retry-after": "1", "retry-after-ms": "2500" }),
  "retry-after-503": () => Wire.json(503, { success: false, error: "Service unavailable" }, { "retry-after": "2" })
} as const
