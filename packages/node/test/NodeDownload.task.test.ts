import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import type { Progress } from "@effect-cheapai/core/Download"
import * as Music from "@effect-cheapai/core/Music"
import * as Task from "@effect-cheapai/core/Task"
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as Fault from "@effect-cheapai/simulator/Fault"
import type * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Wire from "@effect-cheapai/simulator/Wire"
import * as Effect from "effect/Effect"
import * as Client from "./client.js"
import * as Files from "./files.js"

const file = "GET /files/{name}"
const task = "GET /v1/task/{task_id}"

/** Fetches the song of a task that is done, and tells how far that came. */
const fetchSong = (faults: ReadonlyArray<Fault.Fault>, options: Simulator.Options = {}) =>
  Effect.gen(function* () {
    const { simulator, url } = yield* SimulatorServer.make({ taskDuration: 0, ...options })
    yield* simulator.inject(...faults)
    const folder = yield* Files.folder
    const seen: Array<Progress> = []
    const result = yield* Effect.gen(function* () {
      const { id } = yield* Client.submit
      return yield* NodeDownload.fromTask(
        Task.fromId(Music.Generate, id),
        ({ tracks: [track] }) => track.audioUrl,
        join(folder, "song.wav"),
        { onProgress: (progress) => Effect.sync(() => seen.push(progress)) }
      )
    }).pipe(Effect.either, Effect.provide(Client.layer(url)))
    const arrivals = (yield* simulator.requests).filter(({ method }) => method === "GET")
    return { result, seen, folder, arrivals, routes: arrivals.map(({ route }) => route) }
  })

describe("fromTask", () => {
  it.scopedLive("fetches the task with the key and its file without, and shows how far it is", () =>
    Effect.gen(function* () {
      const { arrivals, folder, result, seen } = yield* fetchSong([])
      const { byteLength } = yield* Files.read(join(folder, "song.wav"))
      expect(result).toMatchObject({ _tag: "Right", right: byteLength })
      expect(arrivals.map(({ hasKey, route }) => [route, hasKey])).toEqual([
        [task, true],
        [file, false]
      ])
      expect(seen.at(-1)).toEqual({ received: byteLength, expected: byteLength })
    })
  )

  it.scopedLive("fetches the task once more when the file's address has expired", () =>
    Effect.gen(function* () {
      const { folder, result, routes } = yield* fetchSong([Fault.reply(file, Wire.text(403, "expired"))])
      expect(result._tag).toBe("Right")
      expect(routes).toEqual([task, file, task, file])
      expect(yield* Files.names(folder)).toEqual(["song.wav"])
    })
  )

  it.scopedLive("fails when the fresh address has expired as well, and asks no third time", () =>
    Effect.gen(function* () {
      const { folder, result, routes } = yield* fetchSong([], { fileLifetime: 0 })
      expect(result).toMatchObject({ left: { _tag: "DownloadError", reason: "expired", status: 403 } })
      expect(routes).toEqual([task, file, task, file])
      expect(yield* Files.names(folder)).toEqual([])
    })
  )

  it.scopedLive("asks again for a file whose host is busy for a moment", () =>
    Effect.gen(function* () {
      const { result, routes } = yield* fetchSong([Fault.reply(file, Fault.serviceUnavailable)])
      expect(result._tag).toBe("Right")
      expect(routes).toEqual([task, file, file])
    })
  )

  it.scopedLive("fails when the file breaks off", () =>
    Effect.gen(function* () {
      const { folder, result } = yield* fetchSong([Fault.cut(file)])
      expect(result).toMatchObject({ left: { _tag: "DownloadError", reason: "transport" } })
      expect(yield* Files.names(folder)).toEqual([])
    })
  )
})
