/** Cuts out of a text what the caller sent: a reply may quote the key or the input. */
import { isUpload } from "../Upload.js"

const shortestSecret = 12
const shortestRun = 24

/** The strings of a request's input that are long enough to be worth hiding. */
export const stringsOf = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return value.length >= shortestSecret ? [value] : []
  if (Array.isArray(value)) return value.flatMap(stringsOf)
  if (isUpload(value)) return stringsOf(value.name)
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** A reply quotes an input as it is, inside JSON (with or without ASCII escapes), an address, a form or a page. */
const spellings = (secret: string): ReadonlyArray<string> => {
  const wellFormed = secret.replace(/\p{Surrogate}/gu, "\uFFFD")
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  const html = secret.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
  const form = new URLSearchParams([["", wellFormed]]).toString().slice(1)
  return [
    ...new Set([secret, json, ascii, html, html.replaceAll("&#39;", "&#x27;"), encodeURIComponent(wellFormed), form])
  ]
}

/** Marks whole secrets, and any run of a longer one: services like to quote the beginning of a prompt. */
const mark = (text: string, secret: string, hidden: Uint8Array): void => {
  const length = Math.min(secret.length, shortestRun)
  const places = new Map<string, Array<number>>()
  for (let at = 0; at + length <= text.length; at++) {
    const run = text.slice(at, at + length)
    const seen = places.get(run)
    if (seen === undefined) places.set(run, [at])
    else seen.push(at)
  }
  for (let at = 0; places.size > 0 && at + length <= secret.length; at++) {
    const run = secret.slice(at, at + length)
    for (const place of places.get(run) ?? []) hidden.fill(1, place, place + length)
    places.delete(run)
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
