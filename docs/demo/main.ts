/**
 * One billed task end to end, with trouble on the way. `npm run demo` plays it on the simulator; `npm run demo -- --live`
 * with CHEAPAI_API_KEY on the service itself.
 */
import { Account, type Attempt, Music, Task } from "@effect-cheapai/core"
import { Fault } from "@effect-cheapai/simulator"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import { download } from "./download.js"
import * as DroppedSubmit from "./droppedSubmit.js"
import { promise } from "./promise.js"
import { run } from "./run.js"
import * as Song from "./song.js"
import * as Stage from "./stage.js"
import * as Statuses from "./statuses.js"
import * as Terminal from "./terminal.js"
import * as Timeline from "./timeline.js"

/** Two replies that refuse the submit, and a gateway's page in place of the second poll. */
const faultPlan = [
  Fault.reply(Music.Generate.key, Fault.tooManyRequests(1)),
  Fault.reply(Music.Generate.key, Fault.serviceUnavailable),
  Fault.reply(Task.Get.key, Fault.nginx502, { skip: 1 })
]

const songAndTimeline = (stage: Stage.Stage) =>
  Effect.gen(function* () {
    const attempts: Timeline.Attempts = yield* Ref.make<ReadonlyArray<Attempt.Attempt>>([])

    const { file, song } = yield* Effect.gen(function* () {
      yield* Terminal.heading("Balance")
      yield* Terminal.print(`  ${yield* Account.credits} credits`)
      yield* Terminal.heading("A song")
      const song = yield* Song.make
      return { song, file: yield* download(song.tracks[0].audioUrl) }
    }).pipe(Timeline.record(attempts), Effect.provide(stage.layer))

    yield* Terminal.print(`  ${file.path}: ${Math.round(file.size / 1024)} KiB for ${song.creditCost ?? "?"} credits`)

    yield* Terminal.heading("Timeline of the requests")
    yield* Timeline.show(yield* Ref.get(attempts))
  })

/** What the other side saw: the faults struck, the song was paid once, and the file was fetched without the key. */
const checkTheSong = ({ simulator }: Stage.Simulated) =>
  Effect.gen(function* () {
    const requests = yield* simulator.requests
    const { entries } = yield* simulator.ledger
    const struck = requests.filter((request) => request.fault !== undefined).length
    const charges = entries.filter((entry) => entry.kind === "charge").length
    yield* promise(struck === faultPlan.length, `${struck} of ${faultPlan.length} faults struck`)
    yield* promise(charges === 1, `The song was charged ${charges} times, not once`)
    yield* promise(
      requests.every((request) => request.hasKey === !request.target.startsWith("/files/")),
      "The file was fetched with the key, or a call was made without it"
    )
  })

const onTheSimulator = (stage: Stage.Stage, simulated: Stage.Simulated) =>
  Effect.gen(function* () {
    yield* simulated.simulator.inject(...faultPlan)
    yield* songAndTimeline(stage)
    yield* checkTheSong(simulated)
    yield* Terminal.heading("Every documented status")
    yield* Statuses.show(simulated)
    yield* Terminal.heading("A submit whose connection drops after the request left")
    yield* DroppedSubmit.show(simulated)
  })

const onTheService = (stage: Stage.Stage) =>
  Effect.gen(function* () {
    yield* songAndTimeline(stage)
    yield* Terminal.heading("Left out")
    yield* Terminal.paragraph("The table of statuses and the dropped submit need faults that only the simulator makes.")
  })

const demo = (stage: Stage.Stage) =>
  Effect.gen(function* () {
    const begun = Date.now()
    yield* Terminal.print(`CheapAI with Effect, against ${stage.name}`)
    yield* stage.simulated === undefined ? onTheService(stage) : onTheSimulator(stage, stage.simulated)
    yield* Terminal.print(
      `\n${Terminal.green("Everything went as promised")}, in ${Terminal.seconds(Date.now() - begun)}.`
    )
  })

const options = process.argv.slice(2)
const unknown = options.filter((option) => option !== "--live")

const main = Effect.gen(function* () {
  if (unknown.length > 0) return yield* promise(false, `Unknown option ${unknown.join(" ")}: there is only --live`)
  yield* demo(yield* options.includes("--live") ? Stage.live : Stage.simulator)
})

// A fixed seed for the jitter of waits, so that two runs look alike.
run(Effect.scoped(Effect.withRandom(main, Random.make("demo"))))
