import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Ledger from "@effect-cheapai/simulator/Ledger"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as Files from "./files.js"
import * as Program from "./program.js"

const within = 60_000

it.scopedLive(
  "a program killed while it waits has lost nothing: another one finishes its task, which is paid for once",
  () =>
    Effect.gen(function* () {
      const { simulator, url } = yield* SimulatorServer.make({ taskDuration: "4 seconds" })
      const env = { CHEAPAI_API_KEY: "sk_test_valid", CHEAPAI_BASE_URL: url }
      const folder = yield* Files.folder
      const [kept, song] = [join(folder, "task.json"), join(folder, "song.wav")]

      const first = yield* Program.start("submitsAndWaits.ts", [kept], { env })
      const end = yield* Effect.fork(Program.ended(first))
      while (!(yield* Files.names(folder)).includes("task.json")) yield* Effect.sleep("5 millis")
      first.kill("SIGKILL")
      expect(yield* end).toEqual({ code: null, stdout: "" })

      const { code, stdout } = yield* Program.run("restoresAndFinishes.ts", [kept, song], { env })
      expect(code).toBe(0)
      expect((yield* Files.read(song)).byteLength).toBe(Number(stdout))
      expect(Ledger.charges(yield* simulator.ledger)).toHaveLength(1)
      const posts = (yield* simulator.requests).filter(({ method }) => method === "POST")
      expect(posts).toHaveLength(1)
    }),
  within
)
