import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RowsHold from "../rowsHold.js"
import * as Haproxy from "./haproxy.js"
import * as Installed from "./installed.js"
import * as Nginx from "./nginx.js"

describe.runIf(Installed.has("nginx"))("through nginx", { concurrent: true }, () => {
  RowsHold.hold({
    column: "nginx",
    attempt: RowsHold.untilAfter,
    before: (upstream, patience) =>
      Effect.map(Nginx.make({ upstream, location: [`proxy_read_timeout ${patience}ms;`] }), ({ url }) => url)
  })
})

describe.runIf(Installed.has("haproxy"))("through HAProxy", { concurrent: true }, () => {
  RowsHold.hold({
    column: "haproxy",
    attempt: RowsHold.untilAfter,
    before: (upstream, patience) =>
      Effect.map(Haproxy.make({ upstream, backend: [`timeout server ${patience}ms`] }), ({ url }) => url)
  })
})
