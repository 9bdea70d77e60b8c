/** The suite as files that need no package: all runtimes read the same one, each through an entry of its own. */
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { build } from "esbuild"

const entry = (name: string) => fileURLToPath(new URL(`./entries/${name}.ts`, import.meta.url))

/** undici is CommonJS, and asks for Node's modules by `require`. */
const requires = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'

const shared = {
  bundle: true,
  format: "esm",
  outExtension: { ".js": ".mjs" },
  target: "es2022",
  logLevel: "warning"
} as const

export interface Bundle {
  readonly folder: string
  /** The names of its files. */
  readonly files: ReadonlyArray<string>
}

const entries = ["fetch", "worker", "bunFile", "proxyServer", "proxyWorker"]

const write = async (folder: string): Promise<Bundle> => {
  const outdir = folder
  await build({ ...shared, outdir, entryPoints: entries.map(entry), splitting: true })
  await build({ ...shared, outdir, entryPoints: [entry("undici")], platform: "node", banner: { js: requires } })
  return { folder, files: await readdir(folder) }
}

/** Is removed with the scope. */
export const bundle: Effect.Effect<Bundle, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "conformance-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true }))
).pipe(Effect.flatMap((folder) => Effect.promise(() => write(folder))))
