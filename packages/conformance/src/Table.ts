/** The limits of all runtimes as the table of the documentation. */
import type { Limit } from "./Limit.js"
import { limits, type Runtime } from "./limits.js"

const titles: Readonly<Record<Runtime, string>> = {
  node: "Node over undici",
  fetch: "Node over fetch",
  chromium: "a page in Chromium",
  bun: "Bun",
  deno: "Deno",
  workerd: "workerd"
}

const runtimes = Object.keys(titles).filter((name): name is Runtime => Object.hasOwn(limits, name))

const all: ReadonlyArray<Limit> = runtimes.flatMap((runtime) => limits[runtime])

const where = (differs: string): string =>
  runtimes
    .filter((runtime) => limits[runtime].some((limit) => limit.differs === differs))
    .map((runtime) => titles[runtime])
    .join(", ")

const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** In Markdown. */
export const table: string = [
  line("where", "what differs", "why"),
  line("---", "---", "---"),
  ...new Set(all.map(({ differs, why }) => line(where(differs), differs, why)))
].join("\n")
