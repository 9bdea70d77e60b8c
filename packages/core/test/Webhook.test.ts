import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as Upload from "@effect-cheapai/core/Upload"
import * as VoiceChanger from "@effect-cheapai/core/VoiceChanger"
import * as Webhook from "@effect-cheapai/core/Webhook"
import * as Script from "@effect-cheapai/testing/Script"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { created, idea, sentAt, submit } from "./calls.js"

const token = "an-unguessable-token-of-40-characters-xy"
const publicUrl = "https://app.example.com/hooks"
const webhook = Webhook.layer({ publicUrl, token: Redacted.make(token) })

const url = "https://cdn.example.com/1.mp3"
const done = Script.reply(200, {
  id: "t-1",
  status: "done",
  metadata: { music_result: { data: [{ audio_url: url }] } }
})
const doing = Script.reply(200, { id: "t-1", status: "doing" })
const notification = JSON.stringify({ id: "t-1", status: "done", credit_cost: "1188" })

const layer = (...steps: ReadonlyArray<Script.Step>) =>
  Layer.merge(Script.layer([Script.reply(200, created), ...steps]), webhook)

/** What the mounted receiver answers, with an empty body or not. */
const post = (body: BodyInit | null, path = `/hooks/${token}`, init: RequestInit & { duplex?: "half" } = {}) =>
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime<Webhook.Webhook>()
    const handle = HttpApp.toWebHandlerRuntime(runtime)(Webhook.httpApp)
    const response = yield* Effect.promise(() =>
      handle(new Request(`https://app.example.com${path}`, { method: "POST", body, ...init }))
    )
    return [response.status, yield* Effect.promise(() => response.text())] as const
  })

const bodies = Effect.flatMap(Script.Recorder, (recorder) =>
  Effect.map(recorder.sent, (sent) => sent.map(({ body }) => body))
)

describe("a submit under Webhook.layer", () => {
  it.effect("gives the receiver's address away", () =>
    Effect.gen(function* () {
      yield* submit
      expect(JSON.parse((yield* bodies)[0] ?? "")).toMatchObject({ receive_url: `${publicUrl}/${token}` })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("keeps an address of the caller's own", () =>
    Effect.gen(function* () {
      yield* Music.generate({ model: "music-2.5", idea, receiveUrl: "https://elsewhere.example.com/x" })
      expect(JSON.parse((yield* bodies)[0] ?? "")).toMatchObject({ receive_url: "https://elsewhere.example.com/x" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("adds nothing to a route that takes none", () =>
    Effect.gen(function* () {
      const file = Upload.fromBytes(new Uint8Array([1]), { name: "a.mp3", type: "audio/mpeg" })
      yield* VoiceChanger.change({ file, voiceId: "v-1" })
      expect((yield* bodies)[0]).not.toContain("receive_url")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("has a random token of its own unless given one", () =>
    Effect.gen(function* () {
      const addresses = yield* Effect.replicateEffect(
        Effect.map(
          Effect.scoped(
            Effect.flatMap(Layer.build(Webhook.layer({ publicUrl })), (context) =>
              Effect.provide(Webhook.Webhook, context)
            )
          ),
          (receiver) => receiver.receiveUrl
        ),
        2
      )
      expect(new Set(addresses).size).toBe(2)
      for (const address of addresses) expect(address).toMatch(/^https:\/\/app\.example\.com\/hooks\/[\w-]{43}$/)
    })
  )

  it.effect.each([
    Script.reply(200, { id: "t-1", status: "error", error_message: `could not deliver to ${publicUrl}/${token}` }),
    Script.reply(403, { success: false, error: `callback refused: ${publicUrl}/${token}` }),
    Script.reply(200, { id: "t-1", status: `calling ${publicUrl}/${token}` })
  ])("a poll that quotes the address does not show the token", (poll) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flip(Task.await(Task.fromId(Music.Generate, "t-1"))))
      yield* TestClock.adjust("1 hour")
      const error = yield* Fiber.join(fiber)
      expect(JSON.stringify(error) + String(error) + error.message).not.toContain(token)
    }).pipe(Effect.provide(Layer.merge(Script.layer([poll]), webhook)))
  )

  it.effect("is the client's own when its layer was built with one", () =>
    Effect.gen(function* () {
      yield* submit
      expect(JSON.parse((yield* bodies)[0] ?? "")).toMatchObject({ receive_url: `${publicUrl}/${token}` })
    }).pipe(Effect.provide(Layer.provide(Script.layer([Script.reply(200, created)]), webhook)))
  )

  it.effect("an error that quotes the address does not show the token", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(submit)
      expect(error._tag).toBe("BadRequestError")
      expect(JSON.stringify(error) + String(error) + error.message).not.toContain(token)
    }).pipe(
      Effect.provide(
        Layer.merge(
          Script.layer([Script.reply(400, { success: false, error: `bad receive_url ${publicUrl}/${token}` })]),
          webhook
        )
      )
    )
  )
})

describe("a notification", () => {
  const waiting = Effect.gen(function* () {
    const task = yield* submit
    const fiber = yield* Effect.fork(Task.await(task))
    // Polls come at 2, 5 and 9.5 seconds; the next is allowed at 10.5 and due at 16.25.
    yield* TestClock.adjust("10 seconds")
    return fiber
  }).pipe(Effect.withRandom(Random.fixed([0.5])))

  it.effect("wakes the waiting task, which is fetched before it is believed", () =>
    Effect.gen(function* () {
      const fiber = yield* waiting
      const before = (yield* sentAt).length
      expect(yield* post(notification)).toEqual([204, ""])
      yield* TestClock.adjust("1 second")
      expect((yield* sentAt).length).toBe(before + 1)
      expect((yield* Fiber.join(fiber)).tracks[0].audioUrl.href).toBe(url)
    }).pipe(Effect.provide(layer(doing, doing, doing, done)))
  )

  it.effect("that lies changes nothing but the time of one poll", () =>
    Effect.gen(function* () {
      const fiber = yield* waiting
      for (let times = 0; times < 50; times++) expect(yield* post(notification)).toEqual([204, ""])
      yield* TestClock.adjust("1 second")
      expect((yield* sentAt).length).toBe(5)
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer(doing)))
  )

  it.effect("wakes once: later waits are as long as ever", () =>
    Effect.gen(function* () {
      const fiber = yield* waiting
      yield* post(notification)
      yield* TestClock.adjust("1 second")
      const before = (yield* sentAt).length
      // The next interval is over ten seconds.
      yield* TestClock.adjust("8 seconds")
      expect((yield* sentAt).length).toBe(before)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer(doing)))
  )

  it.effect("wakes whoever is left of two who waited", () =>
    Effect.gen(function* () {
      const task = Task.fromId(Music.Generate, "t-1")
      const gone = yield* Effect.fork(Task.await(task))
      const left = yield* Effect.fork(Task.await(task))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(gone)
      const before = (yield* sentAt).length
      yield* post(notification)
      yield* TestClock.adjust("1 second")
      expect((yield* sentAt).length).toBe(before + 1)
      yield* Fiber.interrupt(left)
    }).pipe(Effect.withRandom(Random.fixed([0.5])), Effect.provide(Layer.merge(Script.layer([doing]), webhook)))
  )

  it.effect("wakes all who wait for the task, and none that wait for another", () =>
    Effect.gen(function* () {
      const both = yield* Effect.fork(
        Effect.all([Task.await(Task.fromId(Music.Generate, "t-1")), Task.await(Task.fromId(Music.Generate, "t-1"))], {
          concurrency: 2
        })
      )
      const other = yield* Effect.fork(Task.await(Task.fromId(Music.Generate, "t-2")))
      yield* TestClock.adjust("1 second")
      const before = (yield* sentAt).length
      yield* TestClock.adjust("100 millis")
      yield* post(notification)
      yield* TestClock.adjust("1 second")
      expect((yield* sentAt).length).toBe(before + 2)
      yield* Fiber.interruptAll([both, other])
    }).pipe(Effect.provide(Layer.merge(Script.layer([doing]), webhook)))
  )

  const unheeded: ReadonlyArray<readonly [what: string, answer: number, ...Parameters<typeof post>]> = [
    ["a forged token", 404, notification, `/hooks/${token.replace("x", "z")}`],
    ["a shorter token", 404, notification, `/hooks/${token.slice(1)}`],
    ["a longer token", 404, notification, `/hooks/${token}x`],
    ["no token", 404, notification, "/hooks"],
    ["a token in the query", 404, notification, `/hooks/x?${token}`],
    ["a GET", 404, null, `/hooks/${token}`, { method: "GET" }],
    ["an unknown task", 204, JSON.stringify({ id: "t-unknown", status: "done" })],
    ["no JSON", 400, "{"],
    ["no body", 400, null],
    ["JSON that is no task", 400, "[]"],
    ["a task without an id", 400, JSON.stringify({ status: "done" })],
    ["a body over 1 MiB", 413, JSON.stringify({ id: "t-1", status: "done", more: "x".repeat(1024 * 1024) })],
    ["invalid UTF-8", 400, new Uint8Array([0xff, 0xfe, 0x7b])]
  ]

  it.effect.each(unheeded)("%s is answered without detail and wakes nobody", ([, answer, ...request]) =>
    Effect.gen(function* () {
      const fiber = yield* waiting
      const before = (yield* sentAt).length
      expect(yield* post(...request)).toEqual([answer, ""])
      yield* TestClock.adjust("1 second")
      expect((yield* sentAt).length).toBe(before)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(layer(doing)))
  )

  it.live("a body without an announced length is cut at 1 MiB, whatever follows", () =>
    Effect.gen(function* () {
      const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
      expect(yield* post(endless, undefined, { duplex: "half" })).toEqual([413, ""])
    }).pipe(Effect.provide(webhook))
  )

  it.effect("a body that stalls is given up after 10 seconds", () =>
    Effect.gen(function* () {
      const stalling = new ReadableStream({ pull: () => new Promise(() => {}) })
      const handled = Webhook.httpApp.pipe(
        Effect.provideService(
          HttpServerRequest.HttpServerRequest,
          HttpServerRequest.fromWeb(
            new Request(`${publicUrl}/${token}`, { method: "POST", body: stalling, duplex: "half" } as RequestInit)
          )
        )
      )
      const fiber = yield* Effect.fork(handled)
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(fiber)).status).toBe(400)
    }).pipe(Effect.provide(webhook))
  )

  it.effect("polling finishes the task without one", () =>
    Effect.gen(function* () {
      const fiber = yield* waiting
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.join(fiber)).taskId).toBe("t-1")
    }).pipe(Effect.provide(layer(doing, done)))
  )
})

describe("decode", () => {
  it("reads what matters, as text or as JSON", () => {
    const expected = Either.right({ taskId: "t-1", status: "done", creditCost: 1188 })
    expect(Webhook.decode(notification)).toEqual(expected)
    expect(Webhook.decode(JSON.parse(notification))).toEqual(expected)
  })

  it.each([["{"], [null], [[]], [{ id: "", status: "done" }], [{ id: "t-1" }], [undefined]])("refuses %j", (body) => {
    expect(Webhook.decode(body)).toMatchObject({
      _tag: "Left",
      left: { _tag: "InvalidInputError", outcome: "not-sent" }
    })
  })
})

describe("a layer that can't work is not built", () => {
  it.effect.each([
    [{ publicUrl: "http://app.example.com" }, /publicUrl/],
    [{ publicUrl: "/hooks" }, /publicUrl/],
    [{ publicUrl: "https://app.example.com/?a=1" }, /publicUrl/],
    [{ publicUrl, token: Redacted.make("short") }, /token.*32/],
    [{ publicUrl, token: Redacted.make("has spaces and / slashes that are not allowed") }, /token/]
  ] satisfies ReadonlyArray<readonly [Webhook.Options, RegExp]>)("%j", ([options, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Webhook.layer(options))))
      expect(String(error)).toMatch(message)
      expect(String(error)).not.toContain("slashes")
    })
  )
})
