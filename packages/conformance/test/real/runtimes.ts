/** The runtimes as data: what they are called, which limits are theirs, and how the suite is started on them. */
import { join } from "node:path"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Conformance from "../../src/Conformance.js"
import type { Runtime } from "../../src/limits.js"
import { binaries } from "./binaries.js"
import { type Bundle, bundle } from "./bundle.js"
import * as Child from "./child.js"
import * as Worker from "./worker.js"

export interface Target {
  readonly name: string
  readonly limits: Runtime
  /** How a program is run on it, or nothing where there is none. */
  readonly command: ReadonlyArray<string> | undefined
  readonly entry: "undici" | "fetch" | "worker"
}

/** Node brings its binary by an install script, so it is no dependency here: npx runs it from a folder of its own. */
const npx = (version: string): ReadonlyArray<string> => ["npx", "-y", "-p", `node@${version}`, "--", "node"]

const nodes = ["20.20.2", "22.23.3", "24.21.0"]

const commandOf = (binary: string | undefined, ...args: ReadonlyArray<string>): Target["command"] =>
  binary === undefined ? undefined : [binary, ...args]

const denoOptions = ["run", "--no-prompt", `--allow-net=${Conformance.hosts}`]

export const targets: ReadonlyArray<Target> = [
  ...nodes.flatMap(
    (version): ReadonlyArray<Target> => [
      { name: `Node ${version}, undici`, limits: "node", command: npx(version), entry: "undici" },
      { name: `Node ${version}, fetch`, limits: "fetch", command: npx(version), entry: "fetch" }
    ]
  ),
  { name: "Bun", limits: "bun", command: commandOf(binaries.bun), entry: "fetch" },
  {
    name: "Deno",
    limits: "deno",
    command: commandOf(binaries.deno, ...denoOptions),
    entry: "fetch"
  },
  { name: "workerd", limits: "workerd", command: commandOf(binaries.workerd), entry: "worker" }
]

/** It is not installed, and can't be: no fault of the suite's. */
export class AbsentError extends Data.TaggedError("AbsentError")<{ readonly message: string }> {}

const versionOf = ({ command, name }: Target): Effect.Effect<string, AbsentError> => {
  if (command === undefined) return new AbsentError({ message: `${name} CAN'T BE RUN HERE: it is not installed` })
  const program = command.filter((part) => !denoOptions.includes(part))
  return Child.output([...program, "--version"]).pipe(
    Effect.map((text) => text.split("\n", 1)[0] ?? ""),
    Effect.mapError(({ message }) => new AbsentError({ message: `${name} CAN'T BE RUN HERE: ${message}` }))
  )
}

const reportOf = (text: string): Conformance.Report => JSON.parse(text)

const run = (target: Target, bundle: Bundle, simulatorUrl: string) =>
  Effect.gen(function* () {
    const { command = [], entry, limits } = target
    if (entry !== "worker") {
      return yield* Child.output([...command, join(bundle.folder, `${entry}.mjs`), limits, simulatorUrl])
    }
    const url = yield* Worker.start(command.join(" "), bundle)
    const asked = new URLSearchParams({ runtime: limits, simulator: simulatorUrl })
    return yield* Effect.promise(async () => (await fetch(`${url}/?${asked}`)).text())
  })

export interface Ran {
  readonly target: Target
  readonly version: string
  readonly report: Conformance.Report
}

/** The suite on one of them, against a simulator of its own in this process. */
const ran = (target: Target, version: string, bundle: Bundle) =>
  Effect.gen(function* () {
    const { url } = yield* SimulatorServer.make(Conformance.simulator)
    return { target, version, report: reportOf(yield* run(target, bundle, url)) }
  }).pipe(Effect.scoped)

/**
 * Begins the suite on all of them. It waits more than it works, so three are under way at a time; npx fetches one after the
 * other, because those for the same version share a folder.
 */
export const begin = Effect.gen(function* () {
  const built = yield* bundle
  const turns = yield* Effect.makeSemaphore(3)
  const found = yield* Effect.forEach(targets, (target) =>
    Effect.map(Effect.either(versionOf(target)), (version) => [target, version] as const)
  )
  const fibers = yield* Effect.forEach(found, ([target, version]) => {
    const report = Effect.flatMap(version, (known) => turns.withPermits(1)(ran(target, known, built)))
    return Effect.map(Effect.forkScoped(report), (fiber) => [target, fiber] as const)
  })
  return new Map(fibers)
})
