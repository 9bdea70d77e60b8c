import { join } from "node:path"
import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import type { Attempt } from "@effect-cheapai/core/Attempt"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as NodeTransport from "@effect-cheapai/node/NodeTransport"
import * as NodeUpload from "@effect-cheapai/node/NodeUpload"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as BehindProxy from "./behindProxy.js"
import * as Client from "./client.js"
import * as Files from "./files.js"
import * as HttpServer from "./httpServer.js"
import * as ProxyServer from "./proxyServer.js"
import * as ServerSockets from "./serverSockets.js"
import * as Uploads from "./uploads.js"

const calls = Effect.all([Client.credits, Client.submit])

const answers = HttpServer.make((response) =>
  HttpServer.json(response, 200, { success: true, task_id: "task_1", credits: 7 })
)

describe("through a proxy", () => {
  it.scopedLive("a read and a submit come to the service, each by a tunnel to its host and port", () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make()
      const { layer, proxy } = yield* BehindProxy.make(url)
      yield* Effect.provide(calls, layer)
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
      const target = `${BehindProxy.host}:443`
      expect(proxy.tunnels.map(({ headers, target }) => [target, headers.host])).toEqual([
        [target, target],
        [target, target]
      ])
    })
  )

  it.scopedLive("nothing of a request can be read on the way", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const { layer, proxy } = yield* BehindProxy.make(url)
      yield* Effect.provide(calls, layer)
      for (const { headers, sent } of proxy.tunnels) {
        const seen = `${JSON.stringify(headers)}${sent().toString("latin1")}`
        expect(sent().byteLength).toBeGreaterThan(500)
        expect(seen).not.toMatch(/sk_test_valid|HTTP\/1\.1|\/v1|rain on a tin roof/)
      }
    })
  )

  it.scopedLive("which speaks TLS itself, a read and a submit come to the service too", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* answers
      const open = ProxyServer.openTo(yield* BehindProxy.front(url))
      const proxy = yield* ProxyServer.make(open, BehindProxy.ofThisMachine)
      yield* Effect.provide(calls, BehindProxy.layer(proxy.url))
      expect(requests).toHaveLength(2)
      expect(proxy.tunnels).toHaveLength(2)
    })
  )

  it.scopedLive.each<readonly [string, string]>([
    ["kim:secret%23%20w%C3%B6rd", "kim:secret# wörd"],
    ["kim", "kim:"],
    [":secret", ":secret"]
  ])("the credentials %s go to the proxy alone", ([inUrl, told]) =>
    Effect.gen(function* () {
      const { requests, url } = yield* answers
      const open = ProxyServer.openTo(yield* BehindProxy.front(url))
      const proxy = yield* ProxyServer.make(open)
      const withCredentials = proxy.url.replace("//", `//${inUrl}@`)
      yield* Effect.provide(calls, BehindProxy.layer("", { proxy: { url: Redacted.make(withCredentials) } }))
      const basic = `Basic ${Buffer.from(told).toString("base64")}`
      expect(proxy.tunnels.map(({ headers }) => headers["proxy-authorization"])).toEqual([basic, basic])
      expect(proxy.tunnels.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
      expect(requests.map(({ headers }) => headers["proxy-authorization"])).toEqual([undefined, undefined])
    })
  )

  it.scopedLive("an upload arrives whole, and shows its progress", () =>
    Effect.gen(function* () {
      const { received, url } = yield* Uploads.serve()
      const { layer } = yield* BehindProxy.make(url)
      const bytes = Files.numbered(3_000_001)
      const path = yield* Files.write(join(yield* Files.folder, "sound.wav"), bytes)
      const sent: Array<number> = []
      yield* Effect.all([Uploads.submit, Uploads.readOnly].map((call) => call(NodeUpload.fromPath(path)))).pipe(
        CheapAi.onUpload((progress) => Effect.sync(() => sent.push(progress.sent))),
        Effect.provide(layer)
      )
      expect(received.map((one) => Files.digest(Uploads.fileOf(one) ?? Buffer.alloc(0)))).toEqual([
        Files.digest(bytes),
        Files.digest(bytes)
      ])
      expect(sent.at(-1)).toBe(received[1]?.body.byteLength)
    })
  )

  it.scopedLive("a file comes whole from another host, without the key", () =>
    Effect.gen(function* () {
      const bytes = Files.numbered(3_000_001)
      const { requests, url } = yield* HttpServer.make((response) => response.end(bytes))
      const { layer, proxy } = yield* BehindProxy.make(url)
      const path = join(yield* Files.folder, "song.mp3")
      yield* Effect.provide(NodeDownload.fromUrl(new URL(`https://${BehindProxy.files}/song.mp3`), path), layer)
      expect(Files.digest(yield* Files.read(path))).toBe(Files.digest(bytes))
      expect(proxy.tunnels.map(({ target }) => target)).toEqual([`${BehindProxy.files}:443`])
      expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
    })
  )
})

describe("tunnels", () => {
  const turn = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

  it.scopedLive("are used again by reads", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const { layer, proxy } = yield* BehindProxy.make(url)
      yield* Effect.provide(Effect.replicateEffect(Effect.zipLeft(Client.credits, turn), 10), layer)
      expect(proxy.tunnels).toHaveLength(1)
    })
  )

  it.scopedLive(
    "are new for each of 200 submits, of which none is lost, and none stays open",
    () =>
      Effect.gen(function* () {
        const { simulator, url } = yield* SimulatorServer.make({ credits: 1_000_000 })
        const { layer, proxy } = yield* BehindProxy.make(url)
        const sockets = yield* ServerSockets.watch(proxy.url)
        const attempts: Array<Attempt> = []
        yield* Effect.gen(function* () {
          yield* Effect.replicateEffect(Client.submit, 200, { concurrency: 20 }).pipe(
            CheapAi.tapAttempt((attempt) => Effect.sync(() => attempts.push(attempt)))
          )
          yield* sockets.allClosed
        }).pipe(Effect.provide(layer))
        expect(attempts.map(({ number, result }) => `${number} ${result}`)).toEqual(Array(200).fill("1 success"))
        expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(200)
        expect(proxy.tunnels).toHaveLength(200)
        expect(sockets.accepted()).toBe(200)
      }),
    60_000
  )

  it.scopedLive("are closed with the layer", () =>
    Effect.gen(function* () {
      const { url } = yield* SimulatorServer.make()
      const { layer, proxy } = yield* BehindProxy.make(url)
      const sockets = yield* ServerSockets.watch(proxy.url)
      yield* Effect.provide(Effect.replicateEffect(Client.credits, 5, { concurrency: 5 }), layer)
      yield* sockets.allClosed
      expect(sockets.accepted()).toBe(5)
    })
  )
})

describe("an http: address, which only a program of one's own can ask for", () => {
  const get = (proxy: string) =>
    Effect.flatMap(HttpClient.get("http://a.test/"), ({ text }) => text).pipe(
      Effect.provide(NodeTransport.layer({ proxy: { url: proxy }, ca: BehindProxy.authority.cert }))
    )

  it.scopedLive("has a tunnel too", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* HttpServer.make((response) => response.end("bytes"))
      const proxy = yield* ProxyServer.make(ProxyServer.openTo(Number(new URL(url).port)))
      expect(yield* get(proxy.url)).toBe("bytes")
      expect(proxy.tunnels.map(({ target }) => target)).toEqual(["a.test:80"])
      expect(requests.map(({ headers, url }) => [headers.host, url])).toEqual([["a.test", "/"]])
    })
  )

  it.scopedLive("fails when the proxy has another host's certificate", () =>
    Effect.gen(function* () {
      const certificate = BehindProxy.authority.issue("b.test")
      const proxy = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"), certificate)
      expect(yield* Effect.flip(get(proxy.url))).toMatchObject({ _tag: "RequestError" })
    })
  )
})

describe("past the proxy", () => {
  it.scopedLive("goes what is on this machine", () =>
    Effect.gen(function* () {
      const { requests, url } = yield* answers
      const proxy = yield* ProxyServer.make(ProxyServer.refuse("403 Forbidden"))
      for (const host of ["127.0.0.1", "localhost"]) {
        const options = { proxy: { url: proxy.url } }
        yield* Effect.provide(calls, Client.layer(url.replace("127.0.0.1", host), options))
      }
      expect(requests).toHaveLength(4)
      expect(proxy.tunnels).toEqual([])
    })
  )

  it.scopedLive("go the hosts that noProxy names, and only those", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer.make((response) => response.end("bytes"))
      const proxy = yield* ProxyServer.make(ProxyServer.openTo(yield* BehindProxy.front(url)))
      // No resolver is asked for a label of more than 63 characters: past the proxy the connection fails.
      const unknown = `${"a".repeat(64)}.test`
      const layer = BehindProxy.layer("", {
        baseUrl: `https://${unknown}`,
        proxy: { url: proxy.url, noProxy: `b.test, ${unknown}:443` }
      })
      const path = join(yield* Files.folder, "song.mp3")
      yield* Effect.gen(function* () {
        expect(yield* Effect.flip(Client.submit)).toMatchObject({ code: "dns", outcome: "not-sent" })
        yield* NodeDownload.fromUrl(new URL(`https://${BehindProxy.files}/song.mp3`), path)
      }).pipe(Effect.provide(layer))
      expect(proxy.tunnels.map(({ target }) => target)).toEqual([`${BehindProxy.files}:443`])
    })
  )
})
