/** For Bun alone: an upload of a file on disk, as Bun hands it over. Prints the error's tag, or `success`. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as SpeechToText from "@effect-cheapai/core/SpeechToText"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

declare const Bun: { readonly file: (path: string) => Blob }

const [path = "", baseUrl = ""] = process.argv.slice(2)

const upload = SpeechToText.transcribe({ file: Upload.fromBlob(Bun.file(path), { name: "talk.mp3" }) }).pipe(
  Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: () => "success" }),
  Effect.provide(CheapAi.layerFetch({ apiKey: Redacted.make("sk_test_valid"), baseUrl }))
)

console.log(await Effect.runPromise(upload))
