/** A result's file, beside the person who started the demo. */
import { join } from "node:path"
import { NodeDownload } from "@effect-cheapai/node"
import * as Effect from "effect/Effect"

/** Where the person stands: `npm run` itself starts programs in the folder of package.json. */
const folder = process.env.INIT_CWD ?? process.cwd()

const extensionOf = (url: URL) => /\.\w{1,4}$/.exec(url.pathname)?.[0] ?? ".wav"

export const download = (url: URL) => {
  const path = join(folder, `song${extensionOf(url)}`)
  return Effect.map(NodeDownload.fromUrl(url, path), (size) => ({ path, size }))
}
