import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as Api from "../api/page.js"
import * as Documents from "./documents.js"

const pages = [
  "README.md",
  ...readdirSync(join(Documents.root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
].map(Documents.read)

describe.each(pages)("$path", (page) => {
  it("links only to files that exist", () => {
    expect(Documents.deadLinks(page)).toEqual([])
  })

  it("links only to headings that exist", () => {
    expect(Documents.deadAnchors(page)).toEqual([])
  })

  it("names only tests that exist, each with its title", () => {
    expect(Documents.missingTests(page)).toEqual([])
    expect(Documents.untitledTests(page)).toEqual([])
  })

  it("shows only code of the programs it links to", () => {
    expect(Documents.foreignSnippets(page)).toEqual([])
  })
})

describe("README.md", () => {
  const readme = Documents.read("README.md")

  it("has at most 150 lines", () => {
    expect(readme.text.trimEnd().split("\n").length).toBeLessThanOrEqual(150)
  })

  it("shows the first program whole", () => {
    expect(Documents.snippets(readme)).toContain(Documents.read("docs/examples/first-program.ts").text)
  })
})

describe("docs/error-handling.md", () => {
  const page = Documents.read("docs/error-handling.md")

  it("has the headings of the service's page, in its order", () => {
    expect(Documents.headings(page)).toEqual([
      "Error handling",
      "Error response format",
      "HTTP status codes",
      "400 Bad Request",
      "401 Unauthorized",
      "402 Insufficient Balance",
      "403 Forbidden",
      "429 Rate Limited",
      "500 Internal Error",
      "502 Processing Error",
      "503 Service Unavailable",
      "Retry strategy",
      "Node.js",
      "Browser",
      "Common mistakes",
      "1. `Authorization: sk-key` in place of `Authorization: Bearer sk-key`",
      "2. Polling the wrong task endpoint after creation",
      "3. Assuming that every generation route is synchronous",
      "4. Using an expired key, or one that already hit its daily spend cap",
      "5. Sending route-specific fields to the wrong route family",
      "Where we differ from the page, and why"
    ])
  })

  const proven = Documents.sections(page)
    .map((section) => ({ title: section.slice(0, section.indexOf("\n")), section }))
    .filter(({ title }) => title !== "## Retry strategy" && title !== "## Common mistakes")

  it.each(proven)("$title names its test and its program", ({ section, title }) => {
    expect(Documents.namedTests({ path: page.path, text: section })).not.toEqual([])
    const sharesAProgram = title === "## HTTP status codes" || /^### \d\. /.test(title)
    if (!sharesAProgram) expect(section).toMatch(/- Program: \[examples\/[\w-]+\.ts\]/)
  })
})

describe("docs/api.md", () => {
  it(`is what the routes make it: if not, run ${Api.command}`, () => {
    expect(Documents.read("docs/api.md").text).toBe(Api.page)
  })
})

const guides = [
  "docs/browser.md",
  "docs/connections.md",
  "docs/custom-routes.md",
  "docs/files.md",
  "docs/limits.md",
  "docs/runtimes.md",
  "docs/tasks.md",
  "docs/testing.md"
].map(Documents.read)

describe.each(guides)("$path", (page) => {
  it("has at most 120 lines", () => {
    expect(page.text.trimEnd().split("\n").length).toBeLessThanOrEqual(120)
  })
})

describe("docs/testing.md", () => {
  const page = Documents.read("docs/testing.md")

  it("shows a test file of at most 15 lines whole", () => {
    const { text } = Documents.read("docs/test/testing/replies.test.ts")
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(15)
    expect(Documents.snippets(page)).toContain(text)
  })

  it("shows only lines that an attempt log has", () => {
    const [, shown = ""] = /```text\n([\s\S]*?)```/.exec(page.text) ?? []
    const log = Documents.read("docs/test/testing/attempts.test.ts").text
    const lines = shown.trimEnd().split("\n")
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter((line) => !log.includes(line))).toEqual([])
  })
})

it("every program is linked to by a page", () => {
  const programs = ["docs/examples", "docs/test/testing"].flatMap((folder) =>
    readdirSync(join(Documents.root, folder)).map((name) => `${folder}/${name}`)
  )
  const linked = new Set(pages.flatMap(Documents.links))
  expect(programs.filter((program) => !linked.has(program))).toEqual([])
})

describe("the checks themselves", () => {
  const page = (text: string): Documents.Page => ({ path: "docs/made-up.md", text })
  const file = "packages/core/test/RetryPolicy.test.ts"

  it("find a link to a file that does not exist", () => {
    expect(Documents.deadLinks(page("[here](demo/main.ts) [there](demo/gone.ts) [web](https://example.com)"))).toEqual([
      "docs/demo/gone.ts"
    ])
  })

  it("find a link to a heading that does not exist", () => {
    const text = "## A.b `c`\n[1](#ab-c) [2](#gone) [3](error-handling.md#retry-strategy) [4](error-handling.md#gone)"
    expect(Documents.deadAnchors(page(text))).toEqual(["#gone", "error-handling.md#gone"])
  })

  it("find a test that does not exist, and one without a title", () => {
    const text = `\`${file}\` › "makes one request", \`${file}\` › "never was", \`gone.test.ts\` › "x", \`${file}\``
    expect(Documents.missingTests(page(text)).map(({ title }) => title)).toEqual(["never was", "x"])
    expect(Documents.untitledTests(page(text))).toEqual([file])
  })

  it("take a title for one only where a test begins", () => {
    expect(Documents.hasTitle('it.effect.each([1, 2])("%s: a (b)", run)', "%s: a (b)")).toBe(true)
    expect(Documents.hasTitle('describe("a", run)', "a")).toBe(false)
    expect(Documents.hasTitle('it("longer a", () => run("a"))', "a")).toBe(false)
  })

  it("find code that differs from its program", () => {
    const link = "[program](examples/refused.ts)"
    const shown = Documents.read("docs/examples/refused.ts").text.split("\n").slice(0, 3).join("\n")
    expect(Documents.foreignSnippets(page(`${link}\n\`\`\`ts\n${shown}\n\`\`\``))).toEqual([])
    expect(Documents.foreignSnippets(page(`${link}\n\`\`\`ts\n${shown} \n\`\`\``))).toHaveLength(1)
    expect(Documents.foreignSnippets(page(`\`\`\`ts\n${shown}\n\`\`\``))).toHaveLength(1)
  })
})
