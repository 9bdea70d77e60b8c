/** The failures that programs must be tested against, written down by hand: none may leave the catalogue. */
import * as Faults from "@effect-cheapai/simulator/Faults"
import { expect, it } from "vitest"

const everywhere = ["submit", "poll", "file", "read"]

const named: Readonly<Record<string, ReadonlyArray<string>>> = {
  "status-400-error": everywhere,
  "status-401-error": everywhere,
  "status-402-object": everywhere,
  "status-403-html": everywhere,
  "status-429-message": everywhere,
  "status-500-error": everywhere,
  "status-502-text": everywhere,
  "status-503-empty": everywhere,
  "status-504-cut": everywhere,
  "page-nginx-502": everywhere,
  "page-haproxy-503": everywhere,
  "page-cloudflare-520": everywhere,
  "page-envoy-no-upstream": everywhere,
  "page-varnish-503": everywhere,
  "body-empty": everywhere,
  "body-cut": everywhere,
  "body-mistyped": everywhere,
  "length-short": everywhere,
  "length-long": everywhere,
  "reset-unread": everywhere,
  reset: everywhere,
  "cut-close": everywhere,
  "cut-reset": everywhere,
  stall: everywhere,
  "stall-half": everywhere,
  drip: everywhere,
  "date-ahead": everywhere,
  "date-behind": everywhere,
  "date-nonsense": everywhere,
  "retry-after-seconds": everywhere,
  "retry-after-date": everywhere,
  "retry-after-rfc850": everywhere,
  "retry-after-asctime": everywhere,
  "retry-after-millis": everywhere,
  "retry-after-nonsense": everywhere,
  "retry-after-far": everywhere,
  "retry-after-skewed": everywhere,
  "unsuccessful-plain": everywhere,
  "poll-busy": ["poll"],
  "task-fails": ["submit"],
  "task-never-ends": ["submit"],
  "task-status-unknown": ["poll"],
  "file-expired": ["file"],
  "webhook-lost": ["webhook"],
  "webhook-late": ["webhook"],
  "webhook-doubled": ["webhook"],
  "webhook-forged": ["webhook"],
  "charged-500": ["submit"],
  "charged-502": ["submit"],
  "charged-reset": ["submit"]
}

it.each(Object.entries(named))("%s happens on %j", (name, phases) => {
  const found = Faults.cells.filter(({ fault }) => fault === name)
  expect(found.map(({ on }) => on)).toEqual(phases)
})
