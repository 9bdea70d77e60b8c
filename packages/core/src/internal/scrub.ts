/** Cuts out of a text what the caller sent: a reply may quote the key or the input. */

const shortestSecret = 12
const shortestRun = 24

/** The strings of a request's input that are long enough to be worth hiding. */
export const stringsOf = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return value.length >= shortestSecret ? [value] : []
  if (Array.isArray(value)) return value.flatMap(stringsOf)
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

/** A reply quotes an input as it is, inside JSON, or inside an address. */
const spellings = (secret: string): ReadonlyArray<string> => [
  ...new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\uFFFD"))
  ])
]

/** Marks whole secrets, and any run of a longer one: services like to quote the beginning of a prompt. */
const mark = (text: string, secret: string, hidden: Uint8Array): void => {
  const length = Math.min(secret.length, shortestRun)
  const runs = new Set<string>()
  for (let at = 0; at + length <= secret.length; at++) runs.add(secret.slice(at, at + length))
  for (let at = 0; at + length <= text.length; at++) {
    if (runs.has(text.slice(at, at + length))) hidden.fill(1, at, at + length)
  }
}

export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  const hidden = new Uint8Array(text.length)
  for (const secret of secrets) {
    if (secret !== "") for (const spelling of spellings(secret)) mark(text, spelling, hidden)
  }
  let out = ""
  for (let at = 0; at < text.length; at++) {
    if (hidden[at] === 0) out += text[at]
    else if (hidden[at - 1] !== 1) out += "…"
  }
  return out
}
