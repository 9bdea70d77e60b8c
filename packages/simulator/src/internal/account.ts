/** The account's own routes. */
import * as Wire from "../Wire.js"
import type { Route } from "./route.js"

export const credits: Route = {
  template: "GET /v1/credits",
  access: "key",
  answer: ({ state }) => ({ reply: Wire.json(200, { success: true, credits: state.balance }), state })
}

/** The reply is documented nowhere; clients must not depend on this one. */
export const packages: Route = {
  template: "GET /v1/packages",
  access: "key",
  answer: ({ state }) => ({
    reply: Wire.json(200, { success: true, data: [{ id: 1, name: "Starter", credits: 100_000, price_usd: 5 }] }),
    state
  })
}
