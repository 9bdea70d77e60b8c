/**
 * Adds the made-up route of echo.ts to the library, in a copy of this checkout: one entry in one file of core, and its
 * fixture. Then the copy's types and the fixture's test say whether that was enough, and git says what changed.
 */
import { appendFile, cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { type Ended, spawned } from "../test/child.js"
import { root } from "../test/documents.js"
import { echoFixture } from "./echoFixture.js"

const configuration = [".gitignore", "package.json", "tsconfig.base.json", "vitest.config.ts", "vitest.workspace.ts"]

/** What core is made and tested with. */
const packages = ["core", "simulator", "testing"]

const isMade = (path: string) => /^(node_modules|dist|.*\.tsbuildinfo)$/.test(basename(path))

const link = async (from: string, to: string): Promise<void> => symlink(await realpath(from), to)

/** The same modules as in the checkout, but this repository's own packages lie in the copy. */
const linkModules = async (from: string, to: string, folder: string): Promise<void> => {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) {
    if (name === "@effect-cheapai") await linkOwn(join(from, name), join(to, name), folder)
    else if (!name.startsWith(".")) await link(join(from, name), join(to, name))
  }
}

const linkOwn = async (from: string, to: string, folder: string): Promise<void> => {
  await mkdir(to)
  for (const name of await readdir(from)) await symlink(join(folder, "packages", name), join(to, name))
}

const copyTo = async (folder: string): Promise<void> => {
  for (const file of configuration) await cp(join(root, file), join(folder, file))
  await linkModules(join(root, "node_modules"), join(folder, "node_modules"), folder)
  for (const name of packages) {
    const [from, to] = [join(root, "packages", name), join(folder, "packages", name)]
    await cp(from, to, { recursive: true, filter: (path) => !isMade(path) })
    await linkModules(join(from, "node_modules"), join(to, "node_modules"), folder)
  }
}

/** The route as a file of its own has it, without what that file imports: a file of core has those already. */
const entry = async (): Promise<string> => {
  const text = await readFile(join(root, "docs/recipe/echo.ts"), "utf8")
  return text.slice(text.indexOf("\n/**", text.lastIndexOf("\nimport ")))
}

const change = async (folder: string): Promise<void> => {
  const core = join(folder, "packages/core")
  await appendFile(join(core, "src/SoundEffect.ts"), await entry())
  const fixture = join(core, "test/fixtures/wire/soundEffect-echo.json")
  await writeFile(fixture, `${JSON.stringify(echoFixture, undefined, 2)}\n`)
}

const author = ["-c", "user.name=recipe", "-c", "user.email=recipe@example.com", "-c", "commit.gpgsign=false"]

export interface Added {
  readonly types: Ended
  readonly tests: Ended
  /** `git diff --stat`, the new file too. */
  readonly stat: string
}

/** Works in an empty folder. */
export const addRoute = async (folder: string): Promise<Added> => {
  const run = (command: string, ...args: ReadonlyArray<string>) =>
    spawned(command, args, { cwd: folder, env: { NO_COLOR: "1" } })
  const tool = (path: string, ...args: ReadonlyArray<string>) =>
    run(process.execPath, join(folder, "node_modules", path), ...args)

  await copyTo(folder)
  await run("git", "init", "--quiet")
  await run("git", "add", "--all")
  await run("git", ...author, "commit", "--quiet", "--message", "The checkout")

  await change(folder)
  const types = await tool("typescript/bin/tsc", "--build", "packages/core/test")
  const tests = await tool("vitest/vitest.mjs", "run", "--project", "core", "--reporter", "verbose", "contract")
  await run("git", "add", "--intent-to-add", "--all")
  const { stdout } = await run("git", "diff", "--stat=200")
  return { types, tests, stat: stdout }
}
