/** Result files. They need no key, appear when their task is done, and may have URLs that expire. */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Wire from "../Wire.js"
import * as Query from "./query.js"
import type { Route, Settings } from "./route.js"

/** The URL of a file as it is given out at a time. */
export const urlAt =
  ({ fileMillis, fileOrigin }: Settings, now: number) =>
  (name: string): string =>
    `${fileOrigin}/files/${name}${Number.isFinite(fileMillis) ? `?expires=${now + fileMillis}` : ""}`

/** Whether a URL with this query is one that was given out and can still be used. */
const isFresh = (target: string, { fileMillis }: Settings, now: number): boolean => {
  if (!Number.isFinite(fileMillis)) return true
  const expires = Query.of(target).get("expires") ?? ""
  return /^\d+$/.test(expires) && now < Number(expires) && Number(expires) <= now + fileMillis
}

export const read: Route = {
  template: "GET /files/{name}",
  access: "open",
  query: "any",
  answer: ({ parameters, request, settings, state, now }) => ({
    state,
    reply: HashMap.get(state.files, parameters.name ?? "").pipe(
      Option.filter(({ from }) => from <= now),
      Option.match({
        onNone: () => Wire.text(404, "Not found"),
        onSome: ({ file }) =>
          isFresh(request.target, settings, now)
            ? Wire.bytes(200, file.contentType, file.bytes())
            : Wire.text(403, "This URL has expired")
      })
    )
  })
}
