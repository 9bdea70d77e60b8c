/** Files for the tests: a folder that is removed, bytes that no two places share, and who still has a file open. */
import { createHash } from "node:crypto"
import * as fs from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => fs.mkdtemp(join(tmpdir(), "cheapai-test-"))),
  (path) => Effect.promise(() => fs.rm(path, { recursive: true, force: true }))
)

/** Every four bytes hold their own place, so that bytes lost, doubled or swapped are seen. */
export const numbered = (size: number): Uint8Array => {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let index = 0; index < words.length; index++) words[index] = index * 2_654_435_761
  return new Uint8Array(words.buffer, 0, size)
}

export const write = (path: string, bytes: Uint8Array | string) =>
  Effect.as(
    Effect.promise(() => fs.writeFile(path, bytes)),
    path
  )

export const read = (path: string) => Effect.promise(() => fs.readFile(path))

export const names = (path: string) => Effect.promise(() => fs.readdir(path))

export const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** How often this process has the file open; Linux alone can tell. */
export const opened = (path: string) =>
  Effect.promise(async () => {
    if (process.platform !== "linux") return 0
    const descriptors = await fs.readdir("/proc/self/fd")
    const links = await Promise.all(descriptors.map((fd) => fs.readlink(`/proc/self/fd/${fd}`).catch(() => "")))
    return links.filter((link) => link.startsWith(path)).length
  })

/** Waits until nobody has it open. */
export const closed = (path: string): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.zipLeft(opened(path), Effect.sleep("2 millis")), { until: (count) => count === 0 })
  )

/** Root reads and writes what it likes; the tests of permissions act as nobody. */
export const withoutPrivileges = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const { geteuid, seteuid } = process
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) return effect
  return Effect.acquireUseRelease(
    Effect.sync(() => seteuid(65534)),
    () => effect,
    () => Effect.sync(() => seteuid(0))
  )
}
