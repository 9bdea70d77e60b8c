import { describe, expect, it } from "@effect/vitest"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Webhook from "../src/internal/webhook.js"
import * as Receiver from "./receiver.js"
import { body } from "./requests.js"

const headers = { authorization: "Bearer sk_test_valid", "content-type": "application/json" }

const submit = (url: string, receive_url: string) =>
  Effect.promise(async () => {
    const sent = { method: "POST", headers, body: JSON.stringify({ ...body, receive_url }) }
    const response = await fetch(`${url}/v1m/task/music-generation`, sent)
    return response.status
  })

const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.zipRight(Effect.sleep("5 millis"), until(holds))))

describe("webhooks of the server", () => {
  it.scopedLive("are posted once, as JSON, with the task as its poll shows it and without a key", () =>
    Effect.gen(function* () {
      const receiver = yield* Receiver.make(() => ({ status: 500 }))
      const { url } = yield* SimulatorServer.make({ taskDuration: "20 millis" })
      yield* submit(url, `${receiver.url}/hook?a=b`)
      yield* until(() => receiver.received.length > 0)
      yield* Effect.sleep("100 millis")
      expect(receiver.received).toHaveLength(1)
      const [post] = receiver.received
      expect(post).toMatchObject({ method: "POST", path: "/hook?a=b" })
      expect(post?.headers).toMatchObject({ "content-type": "application/json" })
      expect(post?.headers).not.toHaveProperty("authorization")
      const poll = yield* Effect.promise(async () => (await fetch(`${url}/v1/task/task_000001`, { headers })).text())
      expect(post?.body).toBe(poll)
      expect(JSON.parse(poll).status).toBe("done")
    })
  )

  it.scopedLive("one that is redirected, refused, or not an address of anything holds up no other", () =>
    Effect.gen(function* () {
      const receiver = yield* Receiver.make((path) => {
        if (path === "/moved") return { status: 307, headers: { location: "/elsewhere" } }
        return path === "/slow" ? "never" : { status: 200 }
      })
      const { url } = yield* SimulatorServer.make({ taskDuration: 0 })
      for (const target of [`${receiver.url}/slow`, `${receiver.url}/moved`, "http://127.0.0.1:1/", "http://a:b@c/"]) {
        expect(yield* submit(url, target)).toBe(200)
      }
      yield* submit(url, `${receiver.url}/last`)
      yield* until(() => receiver.received.some(({ path }) => path === "/last"))
      yield* Effect.sleep("100 millis")
      expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/last", "/moved", "/slow"])
    })
  )

  it.scopedLive("end with the server: those under way are given up, those to come are not sent", () =>
    Effect.gen(function* () {
      const receiver = yield* Receiver.make(() => "never")
      const scope = yield* Scope.make()
      const { url } = yield* Scope.extend(SimulatorServer.make({ taskDuration: "150 millis" }), scope)
      yield* submit(url, `${receiver.url}/first`)
      yield* until(() => receiver.received.length > 0)
      yield* submit(url, `${receiver.url}/second`)
      expect(receiver.aborted()).toBe(0)
      yield* Scope.close(scope, Exit.void)
      yield* until(() => receiver.aborted() === 1)
      yield* Effect.sleep("300 millis")
      expect(receiver.received.map(({ path }) => path)).toEqual(["/first"])
    })
  )

  it.scopedLive("a receiver that does not answer is given up in time", () =>
    Effect.gen(function* () {
      const receiver = yield* Receiver.make(() => "never")
      const delivery = { at: 0, url: receiver.url, taskId: "task_000001", body: "{}" }
      yield* Webhook.post(delivery, "100 millis")
      yield* until(() => receiver.aborted() === 1)
      expect(receiver.received).toHaveLength(1)
    })
  )
})
