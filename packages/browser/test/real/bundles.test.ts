import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, it } from "@effect/vitest"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import * as esbuild from "esbuild"
import * as vite from "vite"
import * as Chromium from "./chromium.js"
import { inChromium } from "./chromium.js"
import * as Packed from "./packed.js"
import * as Site from "./site.js"

/** What a page's author writes. */
const source = `
import { BrowserCheapAi } from "@effect-cheapai/browser"
import { Account } from "@effect-cheapai/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

globalThis.credits = (baseUrl, key) => {
  const layer = BrowserCheapAi.layer({ baseUrl, token: Redacted.make(key), dangerouslyAllowApiKeyInBrowser: true })
  return Effect.runPromise(Effect.provide(Account.credits, layer))
}
`

declare global {
  var credits: (baseUrl: string, key: string) => Promise<number>
}

type Bundle = (directory: string, entry: string) => Promise<string>

const withEsbuild: Bundle = async (_, entry) => {
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    minify: true,
    write: false
  })
  return outputFiles.map(({ text }) => text).join("")
}

const withVite: Bundle = async (root, entry) => {
  const built = await vite.build({
    root,
    configFile: false,
    logLevel: "silent",
    build: { write: false, rollupOptions: { input: entry } }
  })
  if (!("output" in built)) throw new Error("Vite gave no output")
  return built.output.map((file) => (file.type === "chunk" ? file.code : "")).join("")
}

const bundlers: ReadonlyArray<readonly [string, Bundle]> = [
  ["esbuild", withEsbuild],
  ["Vite", withVite]
]

/** Vite replaces a module of Node's by a stub of this name. */
const ofNode = /["'`]node:|__vite-browser-external/

const mostBytes = 130_000

inChromium("the packed packages, bundled for a page", () => {
  it.scopedLive.each(bundlers)("by %s, read in Chromium", ([, bundle]) =>
    Effect.gen(function* () {
      const project = yield* Packed.project
      const entry = join(project, "page.js")
      const script = yield* Effect.promise(() => writeFile(entry, source).then(() => bundle(project, entry)))
      expect(script).not.toMatch(ofNode)
      expect(gzipSync(script).length).toBeLessThan(mostBytes)
      const { url } = yield* SimulatorServer.make()
      const { page, said } = yield* Effect.flatMap(Site.serve(script), Chromium.open)
      const read = page.evaluate(([baseUrl, key]) => globalThis.credits(baseUrl, key), [url, "sk_test_valid"] as const)
      expect(yield* Effect.promise(() => read)).toBe(100_000)
      expect(said).toEqual([])
    })
  )

  it.scopedLive("name no module of Node's in any file", () =>
    Effect.gen(function* () {
      const project = yield* Packed.project
      const ours = join(project, "node_modules/@effect-cheapai")
      const files = yield* Effect.promise(() => readdir(ours, { recursive: true }))
      const built = files.filter((file) => /\/dist\/.*\.js$/.test(file))
      expect(built.length).toBeGreaterThan(40)
      for (const file of built) {
        expect(yield* Effect.promise(() => readFile(join(ours, file), "utf8")), file).not.toMatch(ofNode)
      }
    })
  )
})
