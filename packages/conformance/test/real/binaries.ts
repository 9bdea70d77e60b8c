/** Where the binaries are that npm packages bring inside. No install script puts them elsewhere. */
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const require = createRequire(import.meta.url)

type Platform = `${NodeJS.Platform} ${string}`

const here: Platform = `${process.platform} ${process.arch}`

const bun: Partial<Record<Platform, string>> = {
  "linux x64": "@oven/bun-linux-x64",
  "linux arm64": "@oven/bun-linux-aarch64",
  "darwin x64": "@oven/bun-darwin-x64",
  "darwin arm64": "@oven/bun-darwin-aarch64"
}

const deno: Partial<Record<Platform, string>> = {
  "linux x64": "@deno/linux-x64-glibc",
  "linux arm64": "@deno/linux-arm64-glibc",
  "darwin x64": "@deno/darwin-x64",
  "darwin arm64": "@deno/darwin-arm64"
}

const workerd: Partial<Record<Platform, string>> = {
  "linux x64": "@cloudflare/workerd-linux-64",
  "linux arm64": "@cloudflare/workerd-linux-arm64",
  "darwin x64": "@cloudflare/workerd-darwin-64",
  "darwin arm64": "@cloudflare/workerd-darwin-arm64"
}

/** The platform's package is a dependency of the runtime's own, and found from there. */
const binary = (name: string, packages: Partial<Record<Platform, string>>, path: string): string | undefined => {
  const platform = packages[here]
  if (platform === undefined) return undefined
  try {
    const own = createRequire(require.resolve(`${name}/package.json`))
    return join(dirname(own.resolve(`${platform}/package.json`)), path)
  } catch {
    return undefined
  }
}

export const binaries = {
  bun: binary("bun", bun, "bin/bun"),
  deno: binary("deno", deno, "deno"),
  workerd: binary("workerd", workerd, "bin/workerd")
}
