/**
 * Which programs this machine has for the tests against real ones. As the global setup of the project `real` it says once
 * what is missing: a line for each program whose tests are skipped, or, where `CI` is set, a failure of the run.
 */
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

const programs = ["nginx", "haproxy", "openssl"] as const

/** Where `CI` is set to something, what is missing is a failure and not skipped. */
export const isRequired = (process.env.CI ?? "") !== ""

export type Program = (typeof programs)[number]

/** The Debian package that brings it. */
const packages: Readonly<Record<Program, string>> = { nginx: "nginx-light", haproxy: "haproxy", openssl: "openssl" }

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const variableOf = (program: Program): string => `${program.toUpperCase()}_PATH`

/** The path of a program: what `NGINX_PATH` and its like name, or the first on `PATH`, or where Debian keeps servers. */
export const find = (program: Program): string | undefined => {
  const { PATH = "", [variableOf(program)]: chosen } = process.env
  if (chosen !== undefined) return isExecutable(chosen) ? chosen : undefined
  return [...PATH.split(delimiter), "/usr/sbin"].map((folder) => join(folder, program)).find(isExecutable)
}

export const has = (...programs: ReadonlyArray<Program>): boolean =>
  programs.every((program) => find(program) !== undefined)

const remedyOf = (program: Program): string =>
  `install it (Debian: apt-get install ${packages[program]}), or set ${variableOf(program)} to its path`

export default (): void => {
  const missing = programs.filter((program) => !has(program))
  if (missing.length === 0) return
  const lines = missing.map((program) => `${program} is not here: ${remedyOf(program)}`)
  if (isRequired) throw new Error(lines.join("\n"))
  for (const line of lines) process.stderr.write(`\nSKIPPED: ALL TESTS WITH ${line}\n`)
}
