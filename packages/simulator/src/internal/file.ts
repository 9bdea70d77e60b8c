/** Result files. They need no key, and appear when their task is done. */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Wire from "../Wire.js"
import type { Route } from "./route.js"

export const read: Route = {
  template: "GET /files/{name}",
  access: "open",
  answer: ({ parameters, state, now }) => ({
    state,
    reply: HashMap.get(state.files, parameters.name ?? "").pipe(
      Option.filter(({ from }) => from <= now),
      Option.match({
        onNone: () => Wire.text(404, "Not found"),
        onSome: ({ file }) => Wire.bytes(200, file.contentType, file.bytes())
      })
    )
  })
}
