/** A site of one page and its script, on an origin of its own. */
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { build } from "esbuild"
import * as HttpServer from "../httpServer.js"

const html =
  '<!doctype html><title>Page under test</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'

/** Serves the script with its page; gives the page's address. */
export const serve = (script: string): Effect.Effect<string, never, Scope.Scope> =>
  HttpServer.listening(
    createServer(({ url }, response) => {
      if (url === "/") response.setHeader("content-type", "text/html").end(html)
      else if (url === "/page.js") response.setHeader("content-type", "text/javascript").end(script)
      else response.writeHead(404).end()
    })
  )

const bundle = async (name: string): Promise<string> => {
  const entry = fileURLToPath(new URL(name, import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false })
  return outputFiles.map(({ text }) => text).join("")
}

/** A page whose script is this module. */
export const serveEntry = (name: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.flatMap(
    Effect.promise(() => bundle(name)),
    serve
  )

let bundled: Promise<string> | undefined

/** The page under test. */
export const serveTests: Effect.Effect<string, never, Scope.Scope> = Effect.flatMap(
  Effect.promise(() => (bundled ??= bundle("page.ts"))),
  serve
)
