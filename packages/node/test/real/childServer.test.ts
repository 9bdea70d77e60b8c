import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Program from "../program.js"
import type { Gateway } from "./gateway.js"
import * as Haproxy from "./haproxy.js"
import * as Installed from "./installed.js"
import * as Nginx from "./nginx.js"

const within = 60_000

const nowhere = { upstream: "http://127.0.0.1:9" }

const listens = (url: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
      socket.destroy()
      resume(Effect.succeed(true))
    }).on("error", () => resume(Effect.succeed(false)))
  })

const gone = (url: string) =>
  Effect.repeat(Effect.delay(listens(url), "5 millis"), { until: (isListening) => !isListening })

describe.runIf(Installed.has("nginx", "haproxy"))("real servers", () => {
  it.live(
    "are gone when their scope has ended by a failure",
    () =>
      Effect.gen(function* () {
        const urls: Array<string> = []
        const note = ({ url }: Gateway) => Effect.sync(() => urls.push(url))
        const exit = yield* Effect.all([Nginx.make(nowhere), Haproxy.make(nowhere)]).pipe(
          Effect.tap(Effect.forEach(note)),
          Effect.zipRight(Effect.fail("a test failed")),
          Effect.scoped,
          Effect.exit
        )
        expect(exit).toEqual(Exit.fail("a test failed"))
        expect(urls).toHaveLength(2)
        expect(yield* Effect.forEach(urls, listens)).toEqual([false, false])
      }),
    within
  )

  it.live(
    "are gone when their scope was interrupted",
    () =>
      Effect.gen(function* () {
        const started = yield* Deferred.make<Gateway>()
        const test = Nginx.make(nowhere).pipe(
          Effect.tap((gateway) => Deferred.succeed(started, gateway)),
          Effect.zipRight(Effect.never),
          Effect.scoped
        )
        const fiber = yield* Effect.fork(test)
        const { url } = yield* Deferred.await(started)
        expect(yield* listens(url)).toBe(true)
        yield* Fiber.interrupt(fiber)
        expect(yield* listens(url)).toBe(false)
      }),
    within
  )

  it.scopedLive(
    "are gone when the process that started them was killed",
    () =>
      Effect.gen(function* () {
        const program = yield* Program.start("startsServers.ts", [])
        const line = yield* Effect.async<string>((resume) => {
          program.stdout?.once("data", (bytes) => resume(Effect.succeed(String(bytes))))
        })
        const urls = yield* Schema.decode(Schema.parseJson(Schema.Array(Schema.String)))(line)
        expect(yield* Effect.forEach(urls, listens)).toEqual([true, true])
        program.kill("SIGKILL")
        yield* Effect.forEach(urls, gone)
      }),
    within
  )

  it.scopedLive(
    "that refuse their configuration fail with what they said",
    () =>
      Effect.gen(function* () {
        const nginx = yield* Effect.flip(Nginx.make({ ...nowhere, http: ["no_such_directive;"] }))
        expect(nginx.output).toContain('unknown directive "no_such_directive"')
        const haproxy = yield* Effect.flip(Haproxy.make({ ...nowhere, frontend: ["no-such-keyword"] }))
        expect(haproxy.output).toContain("unknown keyword 'no-such-keyword'")
      }),
    within
  )
})
