/**
 * Results that a page shows or plays: their bytes as an object URL for as long as a scope is open.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The media type: `audio/mpeg`. Default none: an image, audio or video element then judges by the bytes. */
  readonly type?: string | undefined
}

/**
 * An address for the `src` of an element, made of `Download.fromTask` or `Download.stream`. It holds the whole file in
 * the browser's memory until the scope closes, and is no longer valid from then on.
 *
 * @since 0.1.0
 * @category constructors
 */
export const toObjectUrl = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  { type = "" }: Options = {}
): Effect.Effect<string, E, R | Scope.Scope> =>
  Effect.flatMap(Stream.runCollect(bytes), (chunks) => {
    const parts = Chunk.toReadonlyArray(chunks).map((chunk) => new Uint8Array(chunk))
    return Effect.acquireRelease(
      Effect.sync(() => URL.createObjectURL(new Blob(parts, { type }))),
      (url) => Effect.sync(() => URL.revokeObjectURL(url))
    )
  })
