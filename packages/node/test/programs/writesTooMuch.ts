/** Writes 64 MB to the given path, and prints the error that comes of it. */
import * as NodeDownload from "@effect-cheapai/node/NodeDownload"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const [path = ""] = process.argv.slice(2)
const bytes = Stream.take(Stream.repeatValue(new Uint8Array(64_000)), 1000)

const error = await Effect.runPromise(Effect.flip(NodeDownload.toFile(bytes, path)))
console.log(JSON.stringify(error))
