/** What a page of the documentation claims about the repository, and which of it is not so. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

export const read = (path: string): Page => ({ path, text: readFileSync(join(root, path), "utf8") })

/** Links to files of the repository, from the root. */
export const links = ({ path, text }: Page): ReadonlyArray<string> =>
  [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => join(dirname(path), target))

export const deadLinks = (page: Page) => links(page).filter((path) => !existsSync(join(root, path)))

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-")

/** Links to headings that do not exist, of this page or of another. */
export const deadAnchors = (page: Page): ReadonlyArray<string> =>
  [...page.text.matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)]
    .map(([, target = "", anchor = ""]) => ({ target, anchor }))
    .filter(({ target }) => !/^\w+:/.test(target))
    .filter(({ anchor, target }) => {
      const there = target === "" ? page : read(join(dirname(page.path), target))
      return !headings(there).map(anchorOf).includes(anchor)
    })
    .map(({ anchor, target }) => `${target}#${anchor}`)

export interface NamedTest {
  readonly file: string
  readonly title: string
}

export const namedTests = ({ text }: Page): ReadonlyArray<NamedTest> =>
  [...text.matchAll(/`([^`]+\.test\.ts)` › "([^"]+)"/g)].map(([, file = "", title = ""]) => ({ file, title }))

/** A test file that is named without a title proves nothing. */
export const untitledTests = ({ text }: Page): ReadonlyArray<string> =>
  [...text.matchAll(/`([^`]+\.test\.ts)`(?! › "[^"]+")/g)].map(([, file = ""]) => file)

/** `it("title"`, `it.effect("title"`, `it.effect.each(rows)("title"`. */
export const hasTitle = (source: string, title: string): boolean => {
  const literal = JSON.stringify(title).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(`\\bit(?:\\.\\w+)*(?:(?:<[^\\n]*>)?\\((?:[^"\\n]|"[^"\\n]*",? ?)*\\))?\\(\\s*${literal}`).test(
    source
  )
}

export const missingTests = (page: Page): ReadonlyArray<NamedTest> =>
  namedTests(page).filter(({ file, title }) => !existsSync(join(root, file)) || !hasTitle(read(file).text, title))

export const snippets = ({ text }: Page): ReadonlyArray<string> =>
  [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code)

const indented = (code: string, by: number) => code.replace(/^(?=.)/gm, " ".repeat(by))

/** Whether the code stands in the program, line by line; a page may move the whole of it to the left. */
const standsIn = (program: string, code: string): boolean =>
  Array.from({ length: 16 }, (_, by) => `\n${indented(code, by)}`).some((lines) => program.includes(lines))

/** Snippets that stand in none of the programs that the page links to. */
export const foreignSnippets = (page: Page): ReadonlyArray<string> => {
  const programs = links(page)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `\n${read(path).text}`)
  return snippets(page).filter((code) => !programs.some((program) => standsIn(program, code)))
}

export const headings = ({ text }: Page): ReadonlyArray<string> =>
  [...text.replace(/```[\s\S]*?```/g, "").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title)

export const sections = ({ text }: Page): ReadonlyArray<string> => text.split(/^(?=#{2,} )/m).slice(1)
