/**
 * The bytes of a result file. Files lie on other hosts, so the key is never sent to them; their addresses expire, and a
 * fresh one comes with the task, at no cost.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as CheapAi from "./CheapAi.js"
import { type CallError, type DownloadError, InvalidInputError, type TaskError } from "./CheapAiError.js"
import * as Task from "./Task.js"

/**
 * How far a download is, in bytes. `expected` is absent when the host did not say.
 *
 * @since 0.1.0
 * @category models
 */
export interface Progress {
  readonly received: number
  readonly expected: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options<E = never, R = never> {
  /** Where to find a fresh address when this one has expired; asked once. Default: nowhere. */
  readonly renew?: Effect.Effect<URL, E, R> | undefined
  /** Sees each piece as it arrives; the download waits for it. */
  readonly onProgress?: ((progress: Progress) => Effect.Effect<unknown>) | undefined
}

const watched = (
  { bytes, size }: CheapAi.OpenedFile,
  onProgress: Options["onProgress"]
): Stream.Stream<Uint8Array, DownloadError> => {
  if (onProgress === undefined) return bytes
  return Stream.mapAccumEffect(bytes, 0, (before, chunk) => {
    const received = before + chunk.byteLength
    return Effect.as(onProgress({ received, expected: size }), [received, chunk] as const)
  })
}

/**
 * The file at an address of a result. Opening it is retried like any read; once bytes have come, a failure ends the
 * stream with how many those were. Fails when the length is not the announced one, and after 30 seconds without a byte
 * (`CheapAi.withTimeouts({ idle })`). Only https, at most 5 redirects, never with the key.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stream = <E = never, R = never>(
  url: URL,
  options: Options<E, R> = {}
): Stream.Stream<Uint8Array, DownloadError | E, CheapAi.CheapAi | R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const service = yield* CheapAi.CheapAi
      const { onProgress, renew } = options
      const opened = service.openFile(url)
      const file =
        renew === undefined
          ? yield* opened
          : yield* Effect.catchSome(opened, (error) =>
              error.reason === "expired" ? Option.some(Effect.flatMap(renew, service.openFile)) : Option.none()
            )
      return watched(file, onProgress)
    })
  )

const noFile = <A>({ id, route }: Task.Task<A>) =>
  new InvalidInputError({
    message: "The task's result has no such file.",
    route: route.key,
    replay: "safe",
    taskId: id,
    issues: [{ path: "address", reason: "chose a file that the result does not have" }],
    hint: "Ask for the file in the task's input, or choose another."
  })

/**
 * A file of a task's result, awaited if need be. When its address has expired, the task is fetched once more for a fresh
 * one. A result without such a file is an `InvalidInputError`. Costs nothing beyond the task itself.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromTask = <A>(
  task: Task.Task<A>,
  address: (result: Task.Result<A>) => URL | undefined,
  options: Pick<Options, "onProgress"> = {}
): Stream.Stream<Uint8Array, CallError | TaskError | DownloadError, CheapAi.CheapAi> => {
  const current = Effect.filterOrFail(Effect.map(Task.await(task), address), Predicate.isNotUndefined, () =>
    noFile(task)
  )
  return Stream.unwrap(Effect.map(current, (url) => stream(url, { ...options, renew: current })))
}
