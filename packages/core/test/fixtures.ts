import { readdirSync, readFileSync } from "node:fs"

const at = (path: string) => new URL(`./fixtures/${path}`, import.meta.url)

/** The parsed file; its shape is what the caller says it is. */
export const fixture = <A>(path: string): A => JSON.parse(readFileSync(at(path), "utf8"))

export const fixtures = <A>(folder: string): ReadonlyArray<readonly [name: string, content: A]> =>
  readdirSync(at(folder)).map((file) => [file.replace(/\.json$/, ""), fixture<A>(`${folder}/${file}`)])
