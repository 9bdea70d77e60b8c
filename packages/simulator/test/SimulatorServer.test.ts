import { connect } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import * as Fault from "@effect-cheapai/simulator/Fault"
import * as Faults from "@effect-cheapai/simulator/Faults"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { exchange, readCredits } from "./raw.js"
import { body, CREDITS, MUSIC } from "./requests.js"

const headers = { authorization: "Bearer sk_test_valid", "content-type": "application/json" }

const send = (url: string, init: RequestInit = {}) => Effect.promise(() => fetch(url, { headers, ...init }))

const json = (response: Response) => Effect.promise(() => response.json())

const submit = (url: string) =>
  send(`${url}/v1m/task/music-generation`, { method: "POST", body: JSON.stringify({ ...body, n: 2 }) })

describe("SimulatorServer", () => {
  it.scopedLive("submits, polls and serves files from its own origin", () =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make({ taskDuration: 0, credits: 5000 })
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(yield* json(yield* submit(url))).toMatchObject({ task_id: "task_000001", ec_remain_credits: 2624 })
      const task = yield* json(yield* send(`${url}/v1/task/task_000001`))
      const { audio_url } = task.metadata.music_result.data[1]
      expect(audio_url).toBe(`${url}/files/task_000001-2.wav`)
      const file = yield* Effect.promise(() => fetch(audio_url))
      expect(file.headers.get("content-type")).toBe("audio/wav")
      const bytes = yield* Effect.promise(() => file.arrayBuffer())
      expect(bytes.byteLength).toBe(Number(file.headers.get("content-length")))
      expect(Ledger.charged(yield* simulator.ledger)).toBe(2376)
    })
  )

  it.scopedLive("an origin for files may be given", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ taskDuration: 0, fileOrigin: "https://cdn.test" })
      yield* submit(url)
      const task = yield* json(yield* send(`${url}/v1/task/task_000001`))
      expect(task.metadata.music_result.data[0].audio_url).toBe("https://cdn.test/files/task_000001-1.wav")
    })
  )

  it.scopedLive("a connection ends with its reply where it is not to be kept, a preflight's too", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ keepAlive: false })
      const preflight = "OPTIONS /v1/credits HTTP/1.1\r\nhost: a\r\naccess-control-request-method: GET\r\n\r\n"
      for (const request of [readCredits, preflight]) {
        const { ending, text } = yield* exchange(url, request, 30_000)
        expect(ending).toBe("end")
        expect(text).toMatch(/^HTTP\/1\.1 20[04] [\s\S]*\r\nconnection: close\r\n/i)
      }
      const kept = yield* SimulatorServer.make()
      expect(yield* exchange(kept.url, readCredits)).toMatchObject({ ending: "open" })
    })
  )

  it.scopedLive.each<readonly [Fault.Fault, string, boolean]>([
    [Fault.drop(CREDITS), "ECONNRESET", false],
    [Fault.drop(CREDITS, { end: "close" }), "end", false],
    [Fault.stall(CREDITS), "open", false],
    [Fault.reply(CREDITS, { chunks: [], end: "complete" }), "end", false],
    [Fault.cut(CREDITS, { end: "reset" }), "ECONNRESET", true],
    [Fault.cut(CREDITS, { end: "close" }), "end", true],
    [Fault.cut(CREDITS, { end: "stall" }), "open", true]
  ])("%j ends the connection by %s", ([fault, ending, half]) =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make()
      yield* simulator.inject(fault)
      const seen = yield* exchange(url, readCredits)
      expect(seen.ending).toBe(ending)
      expect(seen.text).toMatch(half ? /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 33\r\n/ : /^$/)
      expect(seen.text.split("\r\n\r\n")[1]).toBe(half ? '{"success":true,' : undefined)
    })
  )

  it.scopedLive("a request that is not to be read is reset at its head, whatever of its body is still to come", () =>
    Effect.gen(function* () {
      const faults = Faults.script(Faults.strike("submit", 1, "reset-unread"))
      const { url, simulator } = yield* SimulatorServer.make({ faults })
      const head = `POST /v1m/task/music-generation HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n`
      expect(yield* exchange(url, head, 2000)).toEqual({ text: "", ending: "ECONNRESET" })
      expect(yield* simulator.requests).toMatchObject([
        { number: 1, route: MUSIC, fault: "reset-unread", status: undefined }
      ])
      expect((yield* submit(url)).status).toBe(200)
      expect((yield* simulator.ledger).entries.map(({ request }) => request)).toEqual([2])
    })
  )

  it.scopedLive("bytes beyond the length are sent, and end the connection", () =>
    Effect.gen(function* () {
      const faults = Faults.script(Faults.strike("read", 1, "length-short"))
      const { url } = yield* SimulatorServer.make({ faults })
      const seen = yield* exchange(url, readCredits)
      expect(seen.text).toMatch(/content-length: 16\r\n[\s\S]*\r\n\r\n{"success":true,"credits":100000}$/)
      expect(seen.ending).toBe("end")
    })
  )

  it.scopedLive("a date that is told is sent in place of the true one", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make({ faults: Faults.script(Faults.strike("read", 1, "date-nonsense")) })
      expect((yield* exchange(url, readCredits)).text.match(/^date: .*$/gim)).toEqual(["date: yesterday"])
    })
  )

  it.scopedLive("a client that goes away from a drip stops it", () =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make({ dripPause: "50 millis" })
      yield* simulator.inject(Fault.drip(CREDITS))
      const seen = yield* exchange(url, readCredits, 120)
      expect(seen.text).toMatch(/{"suc/)
      expect(seen.text).not.toMatch(/100000}/)
      expect((yield* send(`${url}/v1/credits`)).status).toBe(200)
    })
  )

  it.scopedLive("a connection serves on after a complete reply", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const seen = yield* exchange(url, readCredits + readCredits)
      expect(seen.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
      expect(seen.ending).toBe("open")
    })
  )

  it.scopedLive("a reply that HTTP cannot carry closes the connection, and the server goes on", () =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make()
      const end = "complete"
      yield* simulator.inject(
        Fault.reply(CREDITS, { head: { status: 9999, headers: {} }, chunks: [], end }),
        Fault.reply(CREDITS, { head: { status: 200, headers: { "a b": "c\n" } }, chunks: [], end })
      )
      expect(yield* exchange(url, readCredits)).toEqual({ text: "", ending: "end" })
      expect(yield* exchange(url, readCredits)).toEqual({ text: "", ending: "end" })
      expect((yield* send(`${url}/v1/credits`)).status).toBe(200)
    })
  )

  it.scopedLive("bytes that are not HTTP, and a path too long for the parser, are refused by status", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      expect((yield* exchange(url, "nonsense\r\n\r\n")).text).toMatch(/^HTTP\/1\.1 400 /)
      expect((yield* exchange(url, `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`)).text).toMatch(/^HTTP\/1\.1 431 /)
      expect((yield* send(`${url}/v1/credits`)).status).toBe(200)
    })
  )

  it.scopedLive(
    "a client that goes away while it sends or reads harms nothing and is not charged for half a request",
    () =>
      Effect.gen(function* () {
        const { url, simulator } = yield* SimulatorServer.make({ taskDuration: 0 })
        const half = "POST /v1m/task/music-generation HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{"
        for (const request of [half, readCredits, "GET /v1/cre"]) {
          yield* Effect.async<void>((resume) => {
            const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
              socket.write(request, () => socket.resetAndDestroy())
            })
            socket.on("error", () => {}).on("close", () => resume(Effect.void))
          })
        }
        yield* Effect.sleep("50 millis")
        expect((yield* send(`${url}/v1/credits`)).status).toBe(200)
        expect((yield* simulator.requests).map(({ route }) => route)).not.toContain(MUSIC)
      })
  )
})

describe("pages of another origin", () => {
  it.scopedLive("may read every reply", () =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.reply(CREDITS, Fault.nginx502))
      for (const status of [502, 200]) {
        const response = yield* send(`${url}/v1/credits`)
        expect(response.status).toBe(status)
        expect(response.headers.get("access-control-allow-origin")).toBe("*")
        expect(response.headers.get("access-control-expose-headers")).toBe("*")
      }
    })
  )

  it.scopedLive("are told by preflight that they may send the key, which is no request to the service", () =>
    Effect.gen(function* () {
      const { url, simulator } = yield* SimulatorServer.make()
      yield* simulator.inject(Fault.reply("OPTIONS /v1/credits", Fault.nginx502))
      const asked = {
        origin: "http://page.test",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type"
      }
      const response = yield* send(`${url}/v1/credits`, { method: "OPTIONS", headers: asked })
      expect(response.status).toBe(204)
      expect(response.headers.get("access-control-allow-origin")).toBe("*")
      expect(response.headers.get("access-control-allow-headers")).toBe("authorization,content-type")
      expect(response.headers.get("access-control-allow-methods")).toContain("POST")
      expect(yield* simulator.requests).toEqual([])
      expect((yield* send(`${url}/v1/credits`, { method: "OPTIONS" })).status).toBe(502)
    })
  )
})

describe("listening and closing", () => {
  it.scopedLive("a port in use is an error", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const port = Number(new URL(url).port)
      const error = yield* Effect.flip(SimulatorServer.make({ port }))
      expect(error).toBeInstanceOf(SimulatorServer.ListenError)
      expect(error).toMatchObject({ code: "EADDRINUSE", port, host: "127.0.0.1" })
      expect(error.message).toBe(`Port ${port} of 127.0.0.1 is in use`)
    })
  )

  it.scopedLive("a port or host that cannot be is an error", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(SimulatorServer.make({ port: 70_000 }))).code).toBe("ERR_SOCKET_BAD_PORT")
      expect((yield* Effect.flip(SimulatorServer.make({ host: "192.0.2.1" }))).code).toBe("EADDRNOTAVAIL")
    })
  )

  it.live("closing the scope frees the port and ends every socket, stalled ones too", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { url, simulator } = yield* Scope.extend(SimulatorServer.make(), scope)
      yield* simulator.inject(Fault.stall(CREDITS))
      const stalled = yield* Effect.fork(exchange(url, readCredits, 5000))
      while ((yield* simulator.requests).length === 0) yield* Effect.sleep("5 millis")
      yield* Scope.close(scope, Exit.void)
      expect((yield* stalled).ending).toMatch(/^(end|ECONNRESET)$/)
      expect((yield* exchange(url, readCredits)).ending).toBe("ECONNREFUSED")
    })
  )

  it.live("is a layer", () =>
    SimulatorServer.SimulatorServer.pipe(
      Effect.flatMap(({ url }) => send(`${url}/v1/credits`)),
      Effect.map((response) => expect(response.status).toBe(200)),
      Effect.provide(SimulatorServer.layer())
    )
  )
})
