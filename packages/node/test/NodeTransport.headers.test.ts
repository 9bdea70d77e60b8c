import type { IncomingMessage } from "node:http"
import { describe, expect, it } from "@effect/vitest"
import type * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import * as Effect from "effect/Effect"
import * as Client from "./client.js"
import * as HttpServer from "./httpServer.js"

const answers = HttpServer.make((response) =>
  HttpServer.json(response, 200, { success: true, task_id: "task_1", credits: 7 })
)

/** The headers of a submit and a read made inside a span. */
const sent = (options: Partial<NodeCheapAi.Options> = {}) =>
  Effect.gen(function* () {
    const { requests, url } = yield* answers
    const calls = Effect.zip(Client.submit, Client.credits)
    const span = yield* calls.pipe(
      Effect.zipRight(Effect.currentSpan),
      Effect.withSpan("a program's own span"),
      Effect.provide(Client.layer(url, options))
    )
    return { requests, span }
  })

const values = ({ rawHeaders }: IncomingMessage, name: string) =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

const tracing = ["traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "baggage"]

describe("a request's headers", () => {
  it.scopedLive("hold no trace by default, also inside a span", () =>
    Effect.gen(function* () {
      const { requests } = yield* sent()
      expect(requests).toHaveLength(2)
      for (const request of requests) for (const name of tracing) expect(values(request, name)).toEqual([])
    })
  )

  it.scopedLive("hold the caller's trace when propagateTrace is set", () =>
    Effect.gen(function* () {
      const { requests, span } = yield* sent({ propagateTrace: true })
      expect(requests).toHaveLength(2)
      for (const request of requests) {
        expect(values(request, "traceparent")).toEqual([expect.stringContaining(span.traceId)])
        expect(values(request, "b3")).toEqual([expect.stringContaining(span.traceId)])
      }
    })
  )

  it.scopedLive("hold the key once, and ask for a plain body", () =>
    Effect.gen(function* () {
      const { requests } = yield* sent()
      for (const request of requests) {
        expect(values(request, "authorization")).toEqual(["Bearer sk_test_valid"])
        expect(values(request, "accept-encoding")).toEqual(["identity"])
        expect(values(request, "accept")).toEqual(["application/json"])
      }
    })
  )

  it.scopedLive("hold the key once in every try", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => HttpServer.json(response, 503, { success: false }))
      yield* Effect.flip(Effect.provide(Client.credits, Client.layer(url)))
      expect(requests.map((request) => values(request, "authorization"))).toEqual(
        Array(3).fill(["Bearer sk_test_valid"])
      )
    })
  )

  it.scopedLive("announce a submit's JSON with its length", () =>
    Effect.gen(function* () {
      const { requests } = yield* sent()
      const submit = requests[0]
      const body = JSON.stringify(Client.song)
      expect(submit?.headers).toMatchObject({
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body))
      })
    })
  )
})
