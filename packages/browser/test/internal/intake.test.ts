import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Intake from "../../src/internal/intake.js"

const limits = { maxBodySize: 10, idle: Duration.millis(200) }

/** A page that sends these pieces, and then nothing, an end or an error. */
const request = (
  pieces: ReadonlyArray<string>,
  then: "ends" | "breaks" | "hangs",
  headers: Record<string, string> = {}
) => {
  const rest = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = rest.shift()
      if (piece !== undefined) return controller.enqueue(new TextEncoder().encode(piece))
      if (then === "ends") controller.close()
      if (then === "breaks") controller.error(new Error("gone"))
      return then === "hangs" ? new Promise(() => {}) : undefined
    }
  })
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, headers, duplex: "half" }
  return HttpServerRequest.fromWeb(new Request("https://app.test/x", init))
}

/** What a service that takes each piece after so many milliseconds is handed. */
const handed = ({ body }: Intake.Intake, pause = 0) =>
  body._tag === "Stream"
    ? Stream.runCollect(Stream.tap(body.stream, () => Effect.sleep(pause))).pipe(
        Effect.map((chunks) => Buffer.concat(Chunk.toReadonlyArray(chunks)).toString()),
        Effect.exit
      )
    : Effect.succeed(Exit.succeed(undefined))

describe("an intake", () => {
  it.scopedLive("hands all of a body over, and says when", () =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(request(["abc", "def"], "ends"), limits)
      expect(yield* handed(intake)).toEqual(Exit.succeed("abcdef"))
      yield* intake.handedOver
      expect(yield* intake.isCut).toBe(false)
    })
  )

  it.scopedLive.each([
    ["too-large", request(["abcdef", "ghijkl"], "ends"), 0],
    ["page-gone", request(["abc"], "breaks"), 0],
    ["page-gone", request(["abc"], "ends", { "content-length": "5" }), 0],
    ["page-gone", request(["abc", "def"], "ends", { "content-length": "5" }), 0],
    ["page-late", request(["abc"], "hangs"), 0],
    ["service-late", request(["a", "b", "c"], "ends"), 500],
    ["service-late", request(["a", "b"], "ends"), 500]
  ] as const)("fails the service's stream when the body is cut: %s", ([why, page, pause]) =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(page, limits)
      const exit = yield* handed(intake, pause)
      expect(Exit.isFailure(exit)).toBe(true)
      expect(yield* Effect.flip(intake.cut)).toBe(why)
      expect(yield* Effect.timeoutOption(intake.handedOver, "20 millis")).toMatchObject({ _tag: "None" })
    })
  )

  it.scopedLive.each([
    ["breaks", request(["abc", "def"], "breaks", { "content-length": "6" })],
    ["hangs", request(["abc", "def"], "hangs", { "content-length": "6" })],
    ["goes on", request(["abc", "def", "g"], "ends", { "content-length": "6" })]
  ] as const)("of a page that %s behind all that it announced has been handed over whole", ([, page]) =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(page, limits)
      expect(yield* handed(intake)).toEqual(Exit.succeed("abcdef"))
      yield* intake.handedOver
      yield* Effect.sleep("300 millis")
      expect(yield* intake.isCut).toBe(false)
    })
  )

  it.scopedLive("waits for the service from when that is asked, however long the application took before", () =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(request(["abc", "def"], "ends"), limits)
      yield* Effect.sleep("500 millis")
      expect(yield* intake.isCut).toBe(false)
      expect(yield* handed(intake)).toEqual(Exit.succeed("abcdef"))
    })
  )

  it.live("waits for nothing once the scope has closed that it is read in", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const intake = yield* Scope.extend(Intake.open(request(["abc"], "hangs"), limits), scope)
      const whole = yield* Effect.fork(Effect.flip(Intake.whole(intake)))
      yield* Effect.sleep("20 millis")
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.join(whole)).toBe("page-gone")
      const late = yield* Effect.exit(Scope.extend(Intake.open(request(["abc"], "ends"), limits), scope))
      expect(Exit.isInterrupted(late)).toBe(true)
    })
  )

  it.scopedLive("that nobody wants any more is no cut", () =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(request(["abc", "def"], "ends"), limits)
      yield* intake.stop
      expect(Exit.isFailure(yield* handed(intake))).toBe(true)
      expect(yield* intake.isCut).toBe(false)
    })
  )

  it.scopedLive.each([
    new Request("https://app.test/x", { method: "POST" }),
    new Request("https://app.test/x", { method: "POST", body: "", headers: { "content-length": "0" } }),
    new Request("https://app.test/x")
  ])("of a request without a body has none", (page) =>
    Effect.gen(function* () {
      const intake = yield* Intake.open(HttpServerRequest.fromWeb(page), limits)
      expect(intake.body._tag).toBe("Empty")
      yield* intake.handedOver
    })
  )
})
