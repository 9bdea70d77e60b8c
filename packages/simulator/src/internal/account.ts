/** The account's own routes. */
import * as Wire from "../Wire.js"
import type { Route } from "./route.js"

export const credits: Route = {
  template: "GET /v1/credits",
  access: "key",
  answer: ({ state }) => ({ reply: Wire.json(200, { success: true, credits: state.balance }), state })
}
