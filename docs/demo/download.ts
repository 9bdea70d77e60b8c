/** A result's file: a plain GET on another host, without the API key. */
import { join } from "node:path"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Where the person stands: `npm run` itself starts programs in the folder of package.json. */
const folder = process.env.INIT_CWD ?? process.cwd()

const extensionOf = (url: URL) => /\.\w{1,4}$/.exec(url.pathname)?.[0] ?? ".wav"

export const download = (url: URL) =>
  Effect.gen(function* () {
    const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
    const files = yield* FileSystem.FileSystem
    const bytes = yield* client.get(url).pipe(
      Effect.flatMap((response) => response.arrayBuffer),
      Effect.map((buffer) => new Uint8Array(buffer))
    )
    const path = join(folder, `song${extensionOf(url)}`)
    yield* files.writeFile(path, bytes)
    return { path, size: bytes.length }
  }).pipe(Effect.provide(Layer.merge(FetchHttpClient.layer, NodeFileSystem.layer)))
