/** The wait that a reply asks for: `retry-after-ms`, or `Retry-After` as seconds or an HTTP date (RFC 9110 §10.2.3). */
import * as Duration from "effect/Duration"

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const time = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)"
const dateForms = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(`^[A-Z][a-z]+day, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${time} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`)
]

/** A two-digit year that lies more than 50 years ahead means the century before. */
const fullYear = (year: string, now: number): number => {
  if (year.length === 4) return Number(year)
  const thisYear = new Date(now).getUTCFullYear()
  const candidate = Math.floor(thisYear / 100) * 100 + Number(year)
  return candidate > thisYear + 50 ? candidate - 100 : candidate
}

const parseDate = (text: string, now: number): number | undefined => {
  const groups = dateForms.map((form) => form.exec(text)?.groups).find((found) => found !== undefined)
  if (groups === undefined) return undefined
  const { day = "", hour = "", minute = "", month = "", second = "", year = "" } = groups
  const parts = [months.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)] as const
  const millis = Date.UTC(fullYear(year, now), ...parts)
  const date = new Date(millis)
  const exists = date.getUTCMonth() === parts[0] && date.getUTCDate() === parts[1] && date.getUTCHours() === parts[2]
  return exists && parts[3] < 60 && parts[4] <= 60 ? millis : undefined
}

/** The RFC knows whole seconds only; some servers send a fraction. */
const number = /^\d+(\.\d+)?$/

const bounded = (millis: number) => Duration.millis(Math.min(Math.max(millis, 0), Number.MAX_SAFE_INTEGER))

/** `now` is the client's clock in milliseconds; dates are judged against the reply's own `Date` when it has one. */
export const retryAfter = (
  headers: Readonly<Record<string, string | undefined>>,
  now: number
): Duration.Duration | undefined => {
  const millis = headers["retry-after-ms"]?.trim()
  if (millis !== undefined && number.test(millis)) return bounded(Number(millis))
  const value = headers["retry-after"]?.trim()
  if (value === undefined) return undefined
  if (number.test(value)) return bounded(Number(value) * 1000)
  const until = parseDate(value, now)
  if (until === undefined) return undefined
  return bounded(until - (parseDate(headers.date?.trim() ?? "", now) ?? now))
}
