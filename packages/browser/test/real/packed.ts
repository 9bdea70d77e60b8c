/** A project of somebody else's: our packages as they are published, packed and unpacked, beside their peers. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const run = promisify(execFile)
const root = fileURLToPath(new URL("../../../../", import.meta.url))
const packages = join(root, "packages")

const install = async (name: string, modules: string, pnpm: string): Promise<void> => {
  const target = join(modules, "@effect-cheapai", name)
  await mkdir(target, { recursive: true })
  const tarball = join(target, "package.tgz")
  await run("npx", ["-y", pnpm, "pack", "--out", tarball], { cwd: join(packages, name) })
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", target])
}

const fill = async (directory: string): Promise<void> => {
  const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8"))
  await run(join(root, "node_modules/.bin/tsc"), ["-b", join(packages, "browser")])
  const modules = join(directory, "node_modules")
  for (const name of ["core", "browser"]) await install(name, modules, packageManager)
  const peers = join(packages, "browser/node_modules")
  await mkdir(join(modules, "@effect"))
  for (const peer of ["effect", "@effect/platform"]) await symlink(join(peers, peer), join(modules, peer))
}

/** Its directory, until the scope closes. */
export const project: Effect.Effect<string, never, Scope.Scope> = Effect.tap(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "effect-cheapai-"))),
    (directory) => Effect.promise(() => rm(directory, { recursive: true }))
  ),
  (directory) => Effect.promise(() => fill(directory))
)
