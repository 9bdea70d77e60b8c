/** workerd by itself: a worker of the bundle behind a port. It reaches this machine and nothing else. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Readable } from "node:stream"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Bundle } from "./bundle.js"
import * as Child from "./child.js"

const moduleOf = (file: string): string => `(name = "${file}", esModule = embed "${file}")`

const bindingOf = ([name, text]: readonly [string, string]): string => `(name = "${name}", text = "${text}")`

/** The first module is the worker; the others are those that it imports. */
const configOf = (
  files: ReadonlyArray<string>,
  bindings: Readonly<Record<string, string>>
): string => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local"], tlsOptions = (trustBrowserCas = true)))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);

const worker :Workerd.Worker = (
  modules = [${files.map(moduleOf).join(", ")}],
  bindings = [${Object.entries(bindings).map(bindingOf).join(", ")}],
  compatibilityDate = "2026-11-01"
);
`

/** workerd tells on this descriptor, a line of JSON each, where it listens. */
const control = 3

const portOf = (line: string): number => JSON.parse(line).port

export const start = (
  binary: string,
  { files, folder }: Bundle,
  entry: "worker" | "proxyWorker" = "worker",
  bindings: Readonly<Record<string, string>> = {}
): Effect.Effect<string, Child.ChildError, Scope.Scope> =>
  Effect.gen(function* () {
    const config = join(folder, `${entry}.capnp`)
    const chunks = files.filter((file) => file.startsWith("chunk-"))
    yield* Effect.promise(() => writeFile(config, configOf([`${entry}.mjs`, ...chunks], bindings)))
    const command = [binary, "serve", config, `--control-fd=${control}`]
    const child = yield* Child.start(command, ["ignore", "ignore", "ignore", "pipe"])
    return yield* Effect.async<string, Child.ChildError>((resume) => {
      // Node types the extra descriptors as either kind of stream; this one is read.
      const told = child.stdio[control] as Readable
      told.once("data", (line: Buffer) => resume(Effect.succeed(`http://127.0.0.1:${portOf(String(line))}`)))
      child.once("close", (code) => resume(new Child.ChildError({ message: `workerd ended with ${code}` })))
      child.once("error", ({ message }) => resume(new Child.ChildError({ message })))
    })
  })
